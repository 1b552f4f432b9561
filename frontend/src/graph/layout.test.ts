import { describe, expect, it } from "vitest";
import { type Edge, layersOf } from "./layers";
import { BOX, layout } from "./layout";
import { spread } from "./spread";

/** Blocks of two convolutions and a way around them, each convolution with a weight of its own. */
function residual(blocks: number): { count: number; edges: Edge[] } {
  const edges: Edge[] = [];
  let [count, last] = [1, 0];
  for (let block = 0; block < blocks; block++) {
    const [w1, conv1, w2, conv2, add] = [count, count + 1, count + 2, count + 3, count + 4] as const;
    edges.push([last, conv1], [w1, conv1], [conv1, conv2], [w2, conv2], [conv2, add], [last, add]);
    [count, last] = [count + 5, add];
  }
  return { count, edges };
}

describe("layers", () => {
  it("stand below what they read from, and constants right above who reads them", () => {
    expect(layersOf(5, [[0, 1], [1, 2], [3, 2], [2, 4]])).toEqual([0, 1, 2, 1, 3]);
  });
  it("are found although there is a circle", () => {
    const layers = layersOf(3, [[0, 1], [1, 2], [2, 1]]);
    expect(layers.every(Number.isFinite)).toBe(true);
  });
});

describe("a row", () => {
  it("is left as it is wanted where nothing overlaps", () => expect(spread([0, 50, 200], [0, 10, 10])).toEqual([0, 50, 200]));
  it("spreads evenly around a place that all want", () => expect(spread([10, 10, 10], [0, 4, 4])).toEqual([6, 10, 14]));
  it("keeps its order", () => expect(spread([100, 0], [0, 20])).toEqual([40, 60]));
});

describe("a layout", () => {
  const { count, edges } = residual(40);
  const drawn = layout(count, edges);

  it("has every box inside, and none over another", () => {
    const rows = new Map<number, number[]>();
    drawn.y.forEach((y, node) => rows.set(y, [...(rows.get(y) ?? []), drawn.x[node] ?? NaN]));
    for (const row of rows.values()) {
      const sorted = [...row].sort((a, b) => a - b);
      sorted.slice(1).forEach((x, at) => expect(x - (sorted[at] ?? 0)).toBeGreaterThanOrEqual(BOX.width));
    }
    expect(Math.min(...drawn.x)).toBeGreaterThanOrEqual(BOX.width / 2 - 1e-9);
    expect(Math.max(...drawn.x)).toBeLessThanOrEqual(drawn.width - BOX.width / 2 + 1e-9);
  });
  it("leads every edge down, past what stands between", () => {
    edges.forEach(([source, target], at) => {
      const line = drawn.lines[at] ?? [];
      expect([line[0], line.at(-2)]).toEqual([drawn.x[source], drawn.x[target]]);
      const ys = line.filter((_, place) => place % 2 === 1);
      expect(ys).toEqual([...ys].sort((a, b) => a - b));
    });
    // Around a block: a point in both layers that it passes.
    expect(drawn.lines[5]).toHaveLength(8);
  });
  it("takes ten thousand operators, one of which everybody reads", () => {
    const many = residual(2_000);
    const all: Edge[] = [...many.edges, ...Array.from({ length: 2_000 }, (_, block): Edge => [0, block * 5 + 2])];
    const large = layout(many.count, all);
    expect(large.x).toHaveLength(many.count);
    expect(large.lines.every((line) => line.length >= 4)).toBe(true);
    expect([...large.x, ...large.y, ...large.lines.flat()].every(Number.isFinite)).toBe(true);
  });
  it("is empty for nothing", () => expect(layout(0, [])).toEqual({ x: [], y: [], width: 0, height: 0, lines: [] }));
});
