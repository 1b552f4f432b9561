import { expect, it } from "vitest";
import { withRun } from "./pages";

it("changes a run where it stands", () => {
  const held = { pages: [{ items: [{ id: "a", n: 1 }] }, { items: [{ id: "b", n: 1 }, { id: "c", n: 1 }] }], pageParams: [] };
  expect(withRun(held, { id: "b", n: 2 })?.pages[1]?.items).toEqual([{ id: "b", n: 2 }, { id: "c", n: 1 }]);
  expect(withRun(undefined, { id: "b", n: 2 })).toBeUndefined();
});
