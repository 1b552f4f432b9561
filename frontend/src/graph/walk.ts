import type { Graph } from "./graph";
import { BOX, type Layout } from "./layout";

/** The operator at a point of the drawing, -1 for none. */
export function nodeAt({ x, y }: Layout, at: { x: number; y: number }): number {
  return x.findIndex((middle, node) => Math.abs(at.x - middle) <= BOX.width / 2 && Math.abs(at.y - (y[node] ?? 0)) <= BOX.height / 2);
}

/** Where an arrow key leads: up to what the operator reads from, down to who reads it, sideways in its row. */
export function nextNode({ nodes, edges }: Graph, { x, y }: Layout, from: number, key: string): number {
  const nearest = (found: number[]) =>
    found.reduce((best, one) => (best < 0 || Math.abs((x[one] ?? 0) - (x[from] ?? 0)) < Math.abs((x[best] ?? 0) - (x[from] ?? 0)) ? one : best), -1);
  const row = () => nodes.flatMap((_, at) => (y[at] === y[from] ? [at] : []));
  const ways: Partial<Record<string, () => number>> = {
    ArrowUp: () => nearest(edges.flatMap(([source, target]) => (target === from ? [source] : []))),
    ArrowDown: () => nearest(edges.flatMap(([source, target]) => (source === from ? [target] : []))),
    ArrowLeft: () => nearest(row().filter((at) => (x[at] ?? 0) < (x[from] ?? 0))),
    ArrowRight: () => nearest(row().filter((at) => (x[at] ?? 0) > (x[from] ?? 0))),
  };
  const found = ways[key]?.() ?? -1;
  return found < 0 ? from : found;
}
