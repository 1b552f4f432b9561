import { expect, it } from "vitest";
import { know, readOwnWrites } from "./sequence";

type Hook = (first: never, second?: never) => unknown;

/** The two hooks that are set at a client. */
function hooks() {
  const set: { request?: Hook; response?: Hook } = {};
  const client = { interceptors: { request: { use: (hook: Hook) => (set.request = hook) }, response: { use: (hook: Hook) => (set.response = hook) } } };
  readOwnWrites(client as never);
  return {
    ask: (method = "GET") => (set.request?.(new Request("http://localhost/", { method }) as never) as Request).headers.get("Mgeprof-Sequence"),
    answer: (method: string, sequence: string) =>
      set.response?.(new Response(null, { headers: { "Mgeprof-Sequence": sequence } }) as never, new Request("http://localhost/", { method }) as never),
  };
}

it("asks reads, and reads only, for the newest that was commanded or told", () => {
  const { ask, answer } = hooks();
  answer("POST", "7");
  expect([ask(), ask("POST")]).toEqual(["7", null]);
  know(9);
  answer("POST", "8");
  know(Number.NaN);
  expect(ask()).toBe("9");
});
