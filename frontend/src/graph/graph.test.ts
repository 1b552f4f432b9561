import { describe, expect, it } from "vitest";
import { type Graph, fileGraph, measured, ranGraph, withoutConstants } from "./graph";
import { HEAT, floorOf, stepOf } from "./heat";
import { centred, first, isInside, whole, zoomed } from "./view";
import { nextNode, nodeAt } from "./walk";
import { layout } from "./layout";

const ran = (id: string, type: string, device_s: number | null = null) => ({
  id, name: `${type}(${id})`, type, order: null, inputs: [], outputs: [], device_s, share: null, computation: 4, memory: null, file_operator: null,
});
const edge = (source: string, target: string, variable = "v") => ({ source, target, variable, shape: null });

describe("a graph", () => {
  const graph = ranGraph({
    nodes: [ran("9", "Host2DeviceCopy"), ran("7", "ImmutableTensor"), ran("3", "Conv", 2), ran("4", "Relu", 1)],
    edges: [edge("9", "3"), edge("7", "3"), edge("3", "4"), edge("3", "4", "other"), edge("3", "gone"), edge("4", "4")],
  });

  it("is numbered, each way once", () => expect(graph.edges).toEqual([[0, 2], [1, 2], [2, 3]]));
  it("knows weights from inputs, and can do without them", () => {
    expect(graph.nodes.map((one) => one.constant)).toEqual([false, true, false, false]);
    const small = withoutConstants(graph);
    expect(small.nodes.map((one) => one.id)).toEqual(["9", "3", "4"]);
    expect(small.edges).toEqual([[0, 1], [1, 2]]);
  });
  it("is coloured by what was measured", () => expect(measured(graph)).toEqual(["time", "computation"]));
  it("of a file has no times", () => {
    const file = fileGraph({
      nodes: [{ id: "0", name: "w", type: "Tensor", inputs: [], outputs: [], flops: null, parameter_bytes: 8, activation_bytes: null }],
      edges: [],
    });
    expect(file.nodes[0]).toMatchObject({ time: null, memory: 8 });
  });
});

it("heats by the square root of the largest", () => {
  expect([null, 0, 0.0001, 1, 0.25].map((value) => stepOf(value, 1))).toEqual([-1, -1, 0, HEAT.length - 1, 3]);
  HEAT.forEach((_, step) => expect(stepOf(floorOf(step, 3) * 1.0001 + 1e-9, 3)).toBe(step));
});

describe("a view", () => {
  const window = { width: 800, height: 600 };

  it("shows all that can be read, else the upper end", () => {
    expect(first({ width: 400, height: 300 }, window)).toEqual({ scale: 1, x: -200, y: -150 });
    const long = first({ width: 400, height: 60_000 }, window);
    expect([long.scale, long.y]).toEqual([1, -16]);
    expect(whole({ width: 400, height: 60_000 }, window).scale).toBeLessThan(0.01);
  });
  it("keeps the point below the pointer where it is", () => {
    const [before, after] = [{ x: 10, y: 20, scale: 1 }, zoomed({ x: 10, y: 20, scale: 1 }, 2, 100, 50)];
    expect(after.x + 100 / after.scale).toBeCloseTo(before.x + 100);
    expect(after.y + 50 / after.scale).toBeCloseTo(before.y + 50);
  });
  it("brings what is chosen into sight", () => {
    const view = { x: 0, y: 0, scale: 0.1 };
    expect(isInside(view, window, 9_000, 10)).toBe(false);
    expect(isInside(centred(view, window, 9_000, 10), window, 9_000, 10)).toBe(true);
  });
});

it("walks along edges and rows", () => {
  const graph: Graph = { nodes: ["a", "b", "c", "d"].map((id) => ({ id }) as never), edges: [[0, 1], [0, 2], [1, 3], [2, 3]] };
  const drawn = layout(4, graph.edges);
  const walk = (from: number, ...keys: string[]) => keys.reduce((at, key) => nextNode(graph, drawn, at, key), from);
  expect(walk(0, "ArrowDown", "ArrowDown")).toBe(3);
  expect(walk(3, "ArrowUp", "ArrowUp", "ArrowUp")).toBe(0);
  expect([walk(1, "ArrowRight"), walk(1, "ArrowLeft")].sort()).toEqual([1, 2]);
  expect(nodeAt(drawn, { x: drawn.x[3] ?? 0, y: drawn.y[3] ?? 0 })).toBe(3);
  expect(nodeAt(drawn, { x: -500, y: 0 })).toBe(-1);
});
