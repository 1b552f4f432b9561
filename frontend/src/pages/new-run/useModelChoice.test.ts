import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { defineComponent, h } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";
import { client } from "@/api/generated/client.gen";
import { useModelChoice, type ModelChoice } from "./useModelChoice";

const MODEL = "/api/v1/models/7";
const server = { inspected: false, asked: [] as string[] };

function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  server.asked.push(pathname);
  const known = { inspected: server.inspected ? {} : null, inspection: { state: server.inspected ? "completed" : "running" } };
  return Promise.resolve(Response.json(pathname === MODEL ? known : pathname === `${MODEL}/inspection` ? { inputs: ["data"] } : { items: [] }));
}

beforeEach(() => {
  vi.useFakeTimers();
  server.asked = [];
  client.setConfig({ baseUrl: "http://localhost", fetch: answer as typeof fetch });
});
afterEach(() => vi.useRealTimers());

async function choice() {
  let made: ModelChoice | undefined;
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: "/", component: {} }] });
  const page = mount(defineComponent({ setup: () => ((made = useModelChoice()), () => h("div")) }), {
    global: { plugins: [router, [VueQueryPlugin, { queryClient: new QueryClient() }]] },
  });
  if (!made) throw new Error("nothing was made");
  made.choose("7");
  await flushPromises();
  return { page, made };
}

it("asks for an inspection once there is one, and not before", async () => {
  server.inspected = false;
  const { page, made } = await choice();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(made.notReady.value).toBe(true);
  expect(server.asked).not.toContain(`${MODEL}/inspection`);
  server.inspected = true;
  await vi.advanceTimersByTimeAsync(2_000);
  expect([made.notReady.value, made.inputs.value]).toEqual([false, ["data"]]);
  const before = server.asked.length;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(server.asked.length).toBe(before);
  page.unmount();
});

it("knows the inputs of a model that was inspected before", async () => {
  server.inspected = true;
  const { page, made } = await choice();
  await vi.advanceTimersByTimeAsync(100);
  expect(made.inputs.value).toEqual(["data"]);
  page.unmount();
});
