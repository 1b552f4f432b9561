import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { effectScope } from "vue";
import { useEvents } from "./events";
import { client } from "./generated/client.gen";

const event = { type: "task.completed", subject: "task.x86.1", sequence: 7 };
let answers: (() => Response)[] = [];
const asked = vi.fn<(request: Request) => Promise<Response>>(() => Promise.resolve(answers.shift()?.() ?? new Response(null, { status: 503 })));

/** A stream that says these things and stays open. */
const open = (...said: string[]) => () =>
  new Response(new ReadableStream<Uint8Array>({ start: (to) => said.forEach((one) => to.enqueue(new TextEncoder().encode(`${one}\n\n`))) }));
/** One that ends. */
const ended = (...said: string[]) => () => new Response(said.map((one) => `${one}\n\n`).join(""));

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockClear();
  client.setConfig({ baseUrl: "http://localhost", fetch: asked as unknown as typeof fetch });
});
afterEach(() => vi.useRealTimers());

async function listen() {
  const [begun, told] = [vi.fn(), vi.fn()];
  const scope = effectScope();
  const { live } = scope.run(() => useEvents({ aggregate: ["task"] }, begun, told)) ?? expect.fail();
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await flushPromises();
  };
  await settle();
  return { begun, told, live, scope, settle };
}

it("begins when the stream is open, and tells what happens", async () => {
  answers = [open("retry: 1000", `event: event\nid: 7\ndata: ${JSON.stringify(event)}`, ": still here")];
  const { begun, told, live, scope } = await listen();
  expect(live.value).toBe(true);
  expect(begun).toHaveBeenCalledOnce();
  expect(told.mock.calls).toEqual([[event]]);
  expect(asked.mock.calls[0]?.[0].url).toContain("aggregate=task");
  scope.stop();
});

it("begins anew after the stream's end, and waits longer while there is none", async () => {
  answers = [ended("retry: 1000"), () => new Response(null, { status: 404 }), open("retry: 1000")];
  const { begun, live, scope, settle } = await listen();
  expect(begun).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(500);
  await settle();
  expect([live.value, asked.mock.calls.length]).toEqual([false, 2]);
  await vi.advanceTimersByTimeAsync(1_000);
  await settle();
  expect([live.value, begun.mock.calls.length]).toEqual([true, 2]);
  scope.stop();
});
