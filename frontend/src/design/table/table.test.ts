import { expect, it, vi } from "vitest";
import { ariaSort, leastWidth, nextSort } from "./columns";
import { sorted } from "./sorted";
import { useRowKeys } from "./useRowKeys";

it("sorts largest first, then turns round", () => {
  expect(nextSort("order", "time_s")).toBe("-time_s");
  expect(nextSort("-time_s", "time_s")).toBe("time_s");
  expect(nextSort("time_s", "time_s")).toBe("-time_s");
});

it("sorts rows, the unknown last either way", () => {
  const rows = (sort: string) => sorted([{ n: 1, word: "b" }, { n: null, word: "a" }, { n: 2, word: "c" }], sort).map((one) => one.word);
  expect([rows("n"), rows("-n"), rows("word"), rows("-word")]).toEqual([["b", "c", "a"], ["c", "b", "a"], ["a", "b", "c"], ["c", "b", "a"]]);
});

it("knows how wide a row is at least", () => {
  const column = { key: "a", title: "A", width: "100px" };
  expect(leastWidth([column, { ...column, width: "minmax(240px, 2fr)" }])).toBe(364);
});

it("tells how a column is sorted", () => {
  const column = { key: "time", title: "Time", width: "1fr", sort: "time_s" };
  expect(ariaSort("-time_s", column)).toBe("descending");
  expect(ariaSort("time_s", column)).toBe("ascending");
  expect(ariaSort("name", column)).toBe("none");
  expect(ariaSort("name", { ...column, sort: undefined })).toBeUndefined();
});

function press(pressed: (event: KeyboardEvent) => void, key: string): void {
  const place = document.createElement("div");
  place.addEventListener("keydown", pressed);
  place.dispatchEvent(new KeyboardEvent("keydown", { key }));
}

it("moves by keys, stays inside, and opens", () => {
  const [show, open] = [vi.fn(), vi.fn()];
  const { active, pressed } = useRowKeys(() => 25, () => 10, show, open);
  press(pressed, "Enter");
  expect(open).not.toHaveBeenCalled();
  press(pressed, "ArrowDown");
  press(pressed, "PageDown");
  expect(active.value).toBe(10);
  press(pressed, "End");
  press(pressed, "ArrowDown");
  expect(active.value).toBe(24);
  expect(show).toHaveBeenLastCalledWith(24);
  press(pressed, "Enter");
  expect(open).toHaveBeenCalledWith(24);
});
