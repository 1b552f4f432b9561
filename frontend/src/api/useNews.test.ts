import { expect, it, vi } from "vitest";
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
