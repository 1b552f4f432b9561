import { expect, it } from "vitest";
import { around, lanes, typesByTime } from "./timeline";

const span = (lane: string, start_s: number, end_s: number, type = "Conv") => ({
  id: "1", name: "a", type, order: 0, lane, start_s, kern_s: start_s, end_s,
});

it("puts each lane into a row of its own, the device's above", () => {
  const { names, bars, length } = lanes([span("cpu1", 1, 2), span("cpu0", 0, 1)], [span("thread 7", 0, 3)]);
  expect(names).toEqual(["cpu0", "cpu1", "thread 7"]);
  expect(bars.map((bar) => bar.row)).toEqual([1, 0, 2]);
  expect(length).toBe(3);
});

it("keeps a host lane apart from a device lane of the same name", () => {
  expect(lanes([span("0", 0, 1)], [span("0", 0, 1)]).bars.map((bar) => bar.row)).toEqual([0, 1]);
});

it("knows which types take longest", () => {
  expect(typesByTime([span("0", 0, 1), span("0", 1, 4, "MatMul"), span("0", 4, 5)])).toEqual(["MatMul", "Conv"]);
});

it("zooms to the longest span of an operator", () => {
  const bars = [span("0", 1, 2), span("0", 4, 4.1)].map((one) => ({ row: 0, span: one }));
  expect(around({ bars, length: 10 }, "a")).toEqual({ startValue: 0, endValue: 4 });
  expect(around({ bars, length: 10 }, "gone")).toBeNull();
});
