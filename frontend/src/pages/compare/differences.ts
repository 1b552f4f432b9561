import type { ComparedOperator, ComparisonResource } from "@/api/generated";

export type Verdict = "faster" | "slower" | "same" | "unsure" | "missing";

/** What a figure of a run is, held against the first run's. `unsure`: too few passes to tell, or a figure is unknown. */
export function verdict(cell: ComparedOperator["runs"][number] | undefined): Verdict {
  if (!cell) return "missing";
  if (cell.significant === null || cell.delta_s === null) return "unsure";
  if (!cell.significant) return "same";
  return cell.delta_s > 0 ? "slower" : "faster";
}

export interface TypeTimes {
  type: string;
  /** By run, in seconds. */
  seconds: number[];
}

/** Device time by type in each run, the longest in the first run first. Operators that the first run lacks are not among them. */
export function timesByType(comparison: ComparisonResource): TypeTimes[] {
  const sums = new Map<string, number[]>();
  for (const operator of comparison.operators) {
    const sum = sums.get(operator.type) ?? comparison.runs.map(() => 0);
    operator.runs.forEach((cell, place) => (sum[place] = (sum[place] ?? 0) + (cell?.value_s ?? 0)));
    sums.set(operator.type, sum);
  }
  return [...sums].map(([type, seconds]) => ({ type, seconds })).sort((a, b) => (b.seconds[0] ?? 0) - (a.seconds[0] ?? 0));
}

/** Those whose name or type has the words, and, if wanted, only those that differ significantly in some run. */
export function filtered(operators: readonly ComparedOperator[], words: string, onlyDifferent: boolean): ComparedOperator[] {
  const wanted = words.trim().toLowerCase();
  return operators.filter(
    (one) =>
      `${one.type} ${one.name}`.toLowerCase().includes(wanted) &&
      (!onlyDifferent || one.runs.some((cell) => ["faster", "slower"].includes(verdict(cell)))),
  );
}
