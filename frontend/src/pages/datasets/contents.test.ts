import { expect, it } from "vitest";
import { contentsOf } from "./contents";

it("names what fills each input", () => {
  const random = { mask: { distribution: "uniform" as const, seed: 1 } };
  expect(contentsOf({ inputs: { data: "01" }, random, archives: ["02"] }, "made up")).toEqual(["data", "mask (made up: uniform)", ".npz 1"]);
  expect(contentsOf({}, "made up")).toEqual([]);
});
