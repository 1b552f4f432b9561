import { expect, it } from "vitest";
import { isUnfinished, optionSets, valuesOf } from "./sweep";

it.each([
  ["1, 4 8", [1, 4, 8]],
  ["1，2、2", [1, 2]],
  ["on off", [true, false]],
  ["four", []],
  ["", []],
])("%s has %o", (said, values) => expect(valuesOf(said)).toEqual(values));

it("combines what is tried, on top of what is chosen for all", () => {
  const tried = [{ name: "batch_size", said: "1 8" }, { name: "fast_run", said: "off on" }, { name: "warmup", said: "" }];
  expect(optionSets({ iterations: 5 }, tried)).toEqual([
    { iterations: 5, batch_size: 1, fast_run: false },
    { iterations: 5, batch_size: 1, fast_run: true },
    { iterations: 5, batch_size: 8, fast_run: false },
    { iterations: 5, batch_size: 8, fast_run: true },
  ]);
  expect(optionSets({ iterations: 5 }, [])).toEqual([{ iterations: 5 }]);
});

it("knows lines of which something would be left out", () => {
  const line = (name: string, said: string) => isUnfinished({ name, said });
  expect([line("", ""), line("batch_size", "1, 2"), line("fast_run", "on off")]).toEqual([false, false, false]);
  expect([line("", "1, 2"), line("batch_size", " "), line("batch_size", "1, many")]).toEqual([true, true, true]);
});
