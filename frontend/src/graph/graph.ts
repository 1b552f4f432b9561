import type { GraphResource, ModelGraph } from "@/api/generated";
import type { Edge } from "./layers";

export const METRICS = ["time", "computation", "memory"] as const;
export type Metric = (typeof METRICS)[number];

/** An operator, as it is drawn. `time` in seconds, `computation` in operations, `memory` in bytes; null where it has none. */
export interface GraphNode extends Record<Metric, number | null> {
  id: string;
  name: string;
  type: string;
  /** Reads from nobody and is no input: a weight. */
  constant: boolean;
  shapes: (readonly number[] | null)[];
  /** The operator of the model's file that it is. */
  file: string | null;
}

export interface Graph {
  nodes: GraphNode[];
  edges: Edge[];
}

/** What brings in what the model is given. */
const INPUTS: readonly string[] = ["Host2DeviceCopy", "InputCallback"];

function numbered(ids: readonly string[], edges: readonly { source: string; target: string }[]): Edge[] {
  const place = new Map(ids.map((id, at) => [id, at]));
  const pairs = new Map<string, Edge>();
  for (const { source, target } of edges) {
    const [from, to] = [place.get(source), place.get(target)];
    // Two variables on one way are one line.
    if (from !== undefined && to !== undefined && from !== to) pairs.set(`${from} ${to}`, [from, to]);
  }
  return [...pairs.values()];
}

function constants(count: number, edges: readonly Edge[], type: (node: number) => string): boolean[] {
  const reads = new Set(edges.map(([, target]) => target));
  return Array.from({ length: count }, (_, node) => !reads.has(node) && !INPUTS.includes(type(node)));
}

/** What really ran. */
export function ranGraph({ nodes, edges }: Pick<GraphResource, "nodes" | "edges">): Graph {
  const lines = numbered(nodes.map((one) => one.id), edges);
  const constant = constants(nodes.length, lines, (at) => nodes[at]?.type ?? "");
  return {
    edges: lines,
    nodes: nodes.map((one, at) => ({
      id: one.id, name: one.name, type: one.type, constant: constant[at] ?? false,
      shapes: one.outputs.filter((variable) => !variable.workspace).map((variable) => variable.shape),
      file: one.file_operator?.name ?? null, time: one.device_s, computation: one.computation, memory: one.memory,
    })),
  };
}

/** What the model's file says: it has no times. */
export function fileGraph({ nodes, edges }: Pick<ModelGraph, "nodes" | "edges">): Graph {
  const lines = numbered(nodes.map((one) => one.id), edges);
  const constant = constants(nodes.length, lines, (at) => nodes[at]?.type ?? "");
  return {
    edges: lines,
    nodes: nodes.map((one, at) => ({
      id: one.id, name: one.name, type: one.type, constant: constant[at] ?? false,
      shapes: one.outputs.map((variable) => variable.shape),
      file: null, time: null, computation: one.flops, memory: one.activation_bytes ?? one.parameter_bytes,
    })),
  };
}

/** The part without weights. */
export function withoutConstants({ nodes, edges }: Graph): Graph {
  const kept = new Map<number, number>();
  nodes.forEach((one, at) => {
    if (!one.constant) kept.set(at, kept.size);
  });
  return {
    nodes: nodes.filter((one) => !one.constant),
    edges: edges.flatMap(([source, target]): Edge[] => {
      const [from, to] = [kept.get(source), kept.get(target)];
      return from === undefined || to === undefined ? [] : [[from, to]];
    }),
  };
}

/** What a graph can be coloured by. */
export const measured = ({ nodes }: Graph): Metric[] => METRICS.filter((metric) => nodes.some((one) => one[metric]));
