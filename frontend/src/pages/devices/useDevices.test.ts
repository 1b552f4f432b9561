import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { defineComponent, h, ref } from "vue";
import { client } from "@/api/generated/client.gen";
import { useDevices } from "./useDevices";

const { live, told } = vi.hoisted(() => ({ live: { value: false }, told: { news: (): unknown => undefined } }));
vi.mock("@/api/events", () => ({
  useEvents: (_wanted: unknown, _begun: unknown, tell: (event: unknown) => void) => {
    told.news = () => tell({});
    return { live: ref(live.value) };
  },
}));

const asked = vi.fn(() => Promise.resolve(Response.json({ items: [], next_cursor: null })));

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockClear();
  client.setConfig({ baseUrl: "http://localhost", fetch: asked });
});
afterEach(() => vi.useRealTimers());

async function board(isLive: boolean) {
  live.value = isLive;
  const page = mount(defineComponent({ setup: () => (useDevices(), () => h("div")) }), { global: { plugins: [[VueQueryPlugin, { queryClient: new QueryClient() }]] } });
  await flushPromises();
  return { page, afterMs: async (ms: number) => (await vi.advanceTimersByTimeAsync(ms), asked.mock.calls.length) };
}

it("reads both lists again when something happens, and seldom else", async () => {
  const { page, afterMs } = await board(true);
  expect(await afterMs(4_000)).toBe(2);
  told.news();
  expect(await afterMs(1_000)).toBe(4);
  page.unmount();
});

it("asks by itself where nobody tells what happens", async () => {
  const { page, afterMs } = await board(false);
  expect(await afterMs(4_000)).toBe(4);
  page.unmount();
});
