import { mount } from "@vue/test-utils";
import { expect, it } from "vitest";
import type { ProfileResource, TaskResource } from "@/api/generated";
import { i18n, useLocale } from "@/i18n";
import SummaryFigures from "./SummaryFigures.vue";

/** The tile of the profiler's overhead, as text. */
function overhead(share: number | null): string {
  useLocale("en");
  const profile = {
    timing: { latency: { count: 5, p50: 0.01, p99: 0.01, mean: 0.01 }, load_s: 0.1, first_run_s: 0.02 },
    totals: { device_s: 0.01, operators: 3, gap_s: 0.001, profiler_overhead: share, computation: 1, flops: 1, peak_memory: 1 },
  } as unknown as ProfileResource;
  const page = mount(SummaryFigures, { props: { profile, run: { options: {} } as unknown as TaskResource }, global: { plugins: [i18n] } });
  return page.findAll(".card").map((tile) => tile.text()).find((text) => text.startsWith("Profiler overhead")) ?? "";
}

it("says why a profiler seems to make a model faster", () => {
  expect(overhead(-0.9)).toContain("something disturbed the iterations without it");
});

it("says of a plain overhead that the latency is without it", () => {
  expect(overhead(0.1)).toContain("not part of the latency");
  expect(overhead(null)).toContain("not part of the latency");
});
