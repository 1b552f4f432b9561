import { describe, expect, it } from "vitest";
import type { InspectedOperator, InspectionDocument } from "@/api/generated";
import { byType, layersOf } from "./layers";

const rest = { params: {}, receptive_field: null, stride: null };
const amount = (elements: number) => ({ elements, bits: 32, bytes: 4 * elements });
const constant = (name: string, elements: number): InspectedOperator => ({
  ...rest, name, type: "SharedDeviceTensor", inputs: [], outputs: [{ name, dtype: "float32", shape: [elements] }], flops: null,
  parameter: { ...amount(elements), mean: 0, std: 1 }, activation: null,
});
const operator = (name: string, type: string, inputs: string[], flops: number): InspectedOperator => ({
  ...rest, name, type, inputs, outputs: [{ name, dtype: "float32", shape: [1, 2] }], flops, parameter: null, activation: amount(2),
});
const document = (...operators: InspectedOperator[]) => ({ operators }) as InspectionDocument;

describe("layers", () => {
  it("have the weights that they read, each once", () => {
    const layers = layersOf(document(constant("w", 10), constant("b", 2), operator("c1", "Conv", ["x", "w", "b"], 100), operator("c2", "Conv", ["c1", "w"], 50)));
    expect(layers.map(({ order, name, parameters }) => [order, name, parameters])).toEqual([[0, "c1", 12], [1, "c2", 0]]);
    expect(layers[0]).toMatchObject({ shape: [1, 2], flops: 100, activation: 8 });
  });
  it("are summed by type, the most computation first", () => {
    const layers = layersOf(document(operator("r", "Relu", [], 1), operator("a", "Conv", [], 5), operator("b", "Conv", [], 6)));
    expect(byType(layers)).toEqual([
      { type: "Conv", count: 2, flops: 11, parameters: 0, activation: 16 },
      { type: "Relu", count: 1, flops: 1, parameters: 0, activation: 8 },
    ]);
  });
});
