import { describe, expect, it } from "vitest";
import { ago, brief, bytes, duration, percent, quantity, shape } from "./quantities";

describe("duration", () => {
  it.each([
    [0, "0 s"],
    [3.2e-9, "3.2 ns"],
    [0.000_001_234, "1.23 µs"],
    [0.000_999_9, "1 ms"],
    [0.0123, "12.3 ms"],
    [1.5, "1.5 s"],
    [119, "119 s"],
    [125, "2 min 5 s"],
    [7260, "2 h 1 min"],
    [-0.002, "-2 ms"],
  ])("%d s is %s", (seconds, text) => expect(duration(seconds, "en")).toBe(text));
});

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1,020 B"],
    [1024, "1 KiB"],
    [318_000, "311 KiB"],
    [5 * 2 ** 30, "5 GiB"],
  ])("%d is %s", (count, text) => expect(bytes(count, "en")).toBe(text));
});

describe("quantity", () => {
  it.each([
    [0, "FLOP", "0 FLOP"],
    [25_100_000, "FLOP", "25.1 MFLOP"],
    [3.15e9, "FLOP/s", "3.15 GFLOP/s"],
    [41, "", "41"],
  ])("%d %s is %s", (value, unit, text) => expect(quantity(value, unit, "en")).toBe(text));
});

it("writes shares, shapes and ages", () => {
  expect(percent(0.2423, "en")).toBe("24.2%");
  expect(shape([1, 3, 64, 64])).toBe("1×3×64×64");
  expect(shape([])).toBe("∅");
  const then = "2026-01-01T00:00:00Z";
  expect(ago(then, Date.parse(then) + 200_000, "en")).toBe("3 minutes ago");
  expect(ago(then, Date.parse(then) + 200_000, "zh")).toBe("3分钟前");
  expect(ago(then, Date.parse(then) - 5000, "en")).toBe("now");
});

it("tells apart what was made together", () => {
  const [one, other] = ["01a22762-e1f0-7021-b077-6f0000000001", "01a22762-e1f0-7021-b077-6f0000000002"];
  expect(brief(one)).not.toBe(brief(other));
});
