import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { tellClicks, traceparent } from "./trace";

type Hook = (first: never, second?: never) => unknown;
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A page that asks, and what it tells of that. */
function page(tell = vi.fn(() => Promise.resolve({}))) {
  const set: { request?: Hook; response?: Hook } = {};
  const client = { interceptors: { request: { use: (hook: Hook) => (set.request = hook) }, response: { use: (hook: Hook) => (set.response = hook) } } };
  tellClicks(client as never, tell);
  function ask(method: string, { took = 40, status = 201, kept = (trace: string) => `00-${trace}-00f067aa0ba902b7-01` } = {}): string {
    const asked = set.request?.(new Request("http://localhost/", { method }) as never) as Request;
    vi.advanceTimersByTime(took);
    const named = asked.headers.get("traceparent") ?? "";
    set.response?.(new Response(null, { status, headers: { traceresponse: kept(named.slice(3, 35)) } }) as never, asked as never);
    return named;
  }
  return { ask, tell };
}

it("names a trace of its own each time, in the form that W3C asks for", () => {
  const [one, other] = [traceparent(), traceparent()];
  expect(one).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(one).not.toBe(other);
});

it("tells of commands once they are answered, with the ids that went along, several together", () => {
  const { ask, tell } = page();
  const [first, second] = [ask("POST"), ask("DELETE", { took: 10, status: 503 })];
  expect(tell).not.toHaveBeenCalled();
  vi.advanceTimersByTime(990);
  expect(tell).toHaveBeenCalledExactlyOnceWith([
    { name: "click", trace: first.slice(3, 35), span: first.slice(36, 52), begun_ms_ago: 1040, took_ms: 40, failed: false },
    { name: "click", trace: second.slice(3, 35), span: second.slice(36, 52), begun_ms_ago: 1000, took_ms: 10, failed: true },
  ]);
});

it("tells before it goes away what it has not told yet, and at most 32 at once", () => {
  const { ask, tell } = page();
  for (let count = 0; count < 40; count++) ask("POST", { took: 1 });
  dispatchEvent(new Event("pagehide"));
  vi.advanceTimersByTime(5000);
  expect(tell).toHaveBeenCalledTimes(1);
  expect(tell.mock.calls.flat(2)).toHaveLength(32);
});

it("tells nothing of what it only reads, nor where nobody keeps spans of the trace", () => {
  const { ask, tell } = page();
  ask("GET");
  ask("POST", { kept: () => "" });
  ask("POST", { kept: (trace) => `00-${trace}-00f067aa0ba902b7-00` });
  ask("POST", { kept: () => `00-${TRACE}-00f067aa0ba902b7-01` });
  vi.advanceTimersByTime(5000);
  expect(tell).not.toHaveBeenCalled();
});

it("does not mind when nobody listens", async () => {
  const { ask, tell } = page(vi.fn(() => Promise.reject(new Error("away"))));
  ask("POST");
  await vi.advanceTimersByTimeAsync(5000);
  expect(tell).toHaveBeenCalledTimes(1);
});
