import { expect, it } from "vitest";
import { points, roof } from "./roofline";

const operator = (computation: number | null, memory: number | null, share = 0.5) => ({
  name: "conv", computation, memory, flops: 100, time_s: 1, share, roofline: null,
});

it("shows what computes, the longest first", () => {
  const dots = points([operator(8, 4, 0.1), operator(0, 4), operator(8, null), operator(9, 3, 0.9)]);
  expect(dots.map((dot) => dot.intensity)).toEqual([3, 2]);
});

it("bends at the ridge", () => {
  const dots = points([operator(8, 4)]);
  expect(roof({ flops: 1000, bandwidth: 100 }, dots)).toEqual([[1, 100], [10, 1000], [20, 1000]]);
  expect(roof(null, dots)).toEqual([]);
  expect(roof({ flops: 1, bandwidth: 1 }, [])).toEqual([]);
});
