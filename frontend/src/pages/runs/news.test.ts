import { expect, it, vi } from "vitest";
import { withRun } from "./pages";
import { useNews } from "./useNews";

it("hands news on together, one time after the other", async () => {
  vi.useFakeTimers();
  let done: () => void = () => undefined;
  const act = vi.fn(() => new Promise<void>((resolve) => (done = resolve)));
  const { hear } = useNews(act);
  hear("a");
  hear("b");
  await vi.advanceTimersByTimeAsync(250);
  expect(act.mock.calls).toEqual([[new Set(["a", "b"])]]);
  hear("c");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(act).toHaveBeenCalledOnce();
  done();
  await vi.advanceTimersByTimeAsync(250);
  expect(act).toHaveBeenLastCalledWith(new Set(["c"]));
  done();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(act).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});

it("changes a run where it stands", () => {
  const held = { pages: [{ items: [{ id: "a", n: 1 }] }, { items: [{ id: "b", n: 1 }, { id: "c", n: 1 }] }], pageParams: [] };
  expect(withRun(held, { id: "b", n: 2 })?.pages[1]?.items).toEqual([{ id: "b", n: 2 }, { id: "c", n: 1 }]);
  expect(withRun(undefined, { id: "b", n: 2 })).toBeUndefined();
});
