import { describe, expect, it } from "vitest";
import type { ComparisonResource } from "@/api/generated";
import { filtered, timesByType, verdict } from "./differences";

const cell = (value_s: number, delta_s: number | null, significant: boolean | null) => ({ value_s, delta_s, ratio: null, p: null, significant });
const operator = (name: string, type: string, ...runs: (ReturnType<typeof cell> | null)[]) => ({ name, type, input_shapes: [], order: 0, runs });

describe("a verdict", () => {
  it.each([
    [cell(2, 1, true), "slower"],
    [cell(1, -1, true), "faster"],
    [cell(1, -1, false), "same"],
    [cell(1, -1, null), "unsure"],
    [cell(1, null, true), "unsure"],
    [null, "missing"],
  ])("of %o is %s", (given, said) => expect(verdict(given)).toBe(said));
});

const operators = [
  operator("c1", "Conv", cell(2, 0, false), cell(3, 1, true)),
  operator("c2", "Conv", cell(1, 0, false), null),
  operator("r1", "Relu", cell(4, 0, false), cell(4, 0, false)),
];

it("times are summed by type, the longest first", () => {
  const comparison = { runs: [{}, {}], operators, matching: 3 } as unknown as ComparisonResource;
  expect(timesByType(comparison)).toEqual([
    { type: "Relu", seconds: [4, 4] },
    { type: "Conv", seconds: [3, 3] },
  ]);
});

it("operators are filtered by words and by difference", () => {
  expect(filtered(operators, "conv", false).map((one) => one.name)).toEqual(["c1", "c2"]);
  expect(filtered(operators, "", true).map((one) => one.name)).toEqual(["c1"]);
});
