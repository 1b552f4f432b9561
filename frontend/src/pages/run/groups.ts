import type { OperatorResource } from "@/api/generated";

/** Operators taken together. Times in seconds; `shapes` of their inputs where they were told apart by them, too. */
export interface Group {
  id: string;
  type: string;
  shapes: readonly (readonly number[])[];
  count: number;
  time_s: number;
  mean_s: number;
  max_s: number;
  share: number;
  computation: number;
  /** Operations a second while they ran, null where they took no time. */
  flops: number | null;
}

/** By type, or by type and shapes of the inputs; in the order in which they first come. */
export function grouped(operators: readonly OperatorResource[], by: "type" | "shape"): Group[] {
  const groups = new Map<string, OperatorResource[]>();
  for (const one of operators) {
    const id = by === "type" ? one.type : `${one.type} ${JSON.stringify(one.input_shapes)}`;
    const group = groups.get(id);
    if (group) group.push(one);
    else groups.set(id, [one]);
  }
  return [...groups].map(([id, of]) => sums(id, of, by === "shape"));
}

function sums(id: string, of: readonly OperatorResource[], shapes: boolean): Group {
  const sum = (value: (one: OperatorResource) => number | null) => of.reduce((so, one) => so + (value(one) ?? 0), 0);
  const [time_s, computation] = [sum((one) => one.time_s), sum((one) => one.computation)];
  return {
    id, time_s, computation, count: of.length, type: of[0]?.type ?? "", shapes: shapes ? (of[0]?.input_shapes ?? []) : [], mean_s: time_s / of.length,
    max_s: of.reduce((most, one) => Math.max(most, one.time_s ?? 0), 0), share: sum((one) => one.share), flops: time_s > 0 ? computation / time_s : null,
  };
}
