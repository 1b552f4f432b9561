import { type Edge, layersOf } from "./layers";
import { spread } from "./spread";

/** Pixels, at full size. */
export const BOX = { width: 168, height: 42 };
const GAP = { across: 28, down: 34, bend: 14 };
/** Bends of long edges beyond this many are left out: such an edge is drawn as one curve. */
const MOST_BENDS = 30_000;
const FEW = 3_000;

export interface Layout {
  /** The middle of each node's box. */
  x: number[];
  y: number[];
  width: number;
  height: number;
  /** For each edge its points from the source's lower side to the target's upper side: x, y, x, y … */
  lines: number[][];
}

/** The graph with a point in each layer that a long edge passes; points are numbered after the nodes. */
interface Proper {
  rows: number[][];
  above: number[][];
  below: number[][];
  /** The points of each edge, in order. */
  bends: number[][];
}

function proper(count: number, edges: readonly Edge[], layer: number[]): Proper {
  const depth = layer.reduce((most, one) => Math.max(most, one), -1) + 1;
  const rows = Array.from({ length: depth }, (): number[] => []);
  const [above, below] = [0, 1].map(() => Array.from({ length: count }, (): number[] => [])) as [number[][], number[][]];
  layer.forEach((one, node) => rows[one]?.push(node));
  const bends = edges.map((): number[] => []);
  const span = (edge: Edge) => (layer[edge[1]] ?? 0) - (layer[edge[0]] ?? 0);
  let left = MOST_BENDS;
  const shortFirst = edges.map((_, at) => at).sort((a, b) => span(edges[a] ?? [0, 0]) - span(edges[b] ?? [0, 0]));
  for (const at of shortFirst) {
    const edge = edges[at] ?? [0, 0];
    const passed = Math.max(0, span(edge) - 1);
    let before = edge[0];
    if (passed <= left) {
      left -= passed;
      for (let step = 1; step <= passed; step++) {
        const point = above.length;
        above.push([before]);
        below.push([]);
        below[before]?.push(point);
        rows[(layer[edge[0]] ?? 0) + step]?.push(point);
        bends[at]?.push(point);
        before = point;
      }
    }
    below[before]?.push(edge[1]);
    above[edge[1]]?.push(before);
  }
  return { rows, above, below, bends };
}

const mean = (values: readonly number[], of: readonly number[], otherwise: number): number =>
  values.length ? values.reduce((sum, one) => sum + (of[one] ?? 0), 0) / values.length : otherwise;

/** Orders every row by the middle of its neighbours, down and up again, so that few edges cross. */
function untangle({ rows, above, below }: Proper, sweeps: number): void {
  const place = new Array<number>(above.length).fill(0);
  const settle = (row: number[]) => row.forEach((node, at) => (place[node] = at));
  rows.forEach(settle);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const wanted = new Map(row.map((node) => [node, mean((down ? above : below)[node] ?? [], place, place[node] ?? 0)]));
      row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      settle(row);
    }
  }
}

/** Moves every row to stand as straight as can be below and above its neighbours. */
function straighten({ rows, above, below }: Proper, count: number, sweeps: number): number[] {
  const half = (node: number) => (node < count ? (BOX.width + GAP.across) / 2 : GAP.bend / 2);
  const apart = rows.map((row) => row.map((node, at) => (at === 0 ? 0 : half(row[at - 1] ?? 0) + half(node))));
  const x = new Array<number>(above.length).fill(0);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    const last = sweep === sweeps - 1;
    const order = rows.map((_, at) => (down ? at : rows.length - 1 - at));
    for (const at of order) {
      const row = rows[at] ?? [];
      const near = (node: number) => (last ? [...(above[node] ?? []), ...(below[node] ?? [])] : ((down ? above : below)[node] ?? []));
      spread(row.map((node) => mean(near(node), x, x[node] ?? 0)), apart[at] ?? []).forEach((place, index) => (x[row[index] ?? 0] = place));
    }
  }
  return x;
}

/** Places nodes in layers from top to bottom. Ten thousand nodes take some tenths of a second, hence the worker around it. */
export function layout(count: number, edges: readonly Edge[]): Layout {
  const layer = layersOf(count, edges);
  const forward = edges.filter(([source, target]) => (layer[source] ?? 0) < (layer[target] ?? 0));
  const graph = proper(count, forward, layer);
  const sweeps = count <= FEW ? 8 : 4;
  untangle(graph, sweeps);
  const places = straighten(graph, count, sweeps + 1);
  const least = places.reduce((so, place) => Math.min(so, place), Infinity) - BOX.width / 2;
  const most = places.reduce((so, place) => Math.max(so, place), -Infinity) + BOX.width / 2;
  const x = places.map((place) => place - least);
  const row = BOX.height + GAP.down;
  const y = layer.map((one) => one * row + BOX.height / 2);
  const line = ([source, target]: Edge, at: number): number[] => [
    x[source] ?? 0, (y[source] ?? 0) + BOX.height / 2,
    ...(graph.bends[at] ?? []).flatMap((point, step) => [x[point] ?? 0, (y[source] ?? 0) + (step + 1) * row]),
    x[target] ?? 0, (y[target] ?? 0) - BOX.height / 2,
  ];
  const lines = new Map(forward.map((edge, at) => [edge, line(edge, at)]));
  return {
    x: x.slice(0, count), y, width: count ? most - least : 0, height: graph.rows.length * row - (count ? GAP.down : 0),
    lines: edges.map((edge) => lines.get(edge) ?? []),
  };
}
