import { useQuery } from "@tanstack/vue-query";
import type { EChartsCoreOption } from "echarts/core";
import { computed, reactive } from "vue";
import type { TaskResource } from "@/api/generated";
import { listTasksOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { useFormat } from "@/design/format/useFormat";

const SHOWN = 200;

interface Point {
  where: string;
  at: string;
  seconds: number;
}

/** Runs that ended well, the oldest first. */
export function latencies(runs: readonly TaskResource[]): Point[] {
  return runs
    .flatMap((run) => (run.summary ? [{ where: `${run.platform} · ${run.engine}`, at: run.submitted_at, seconds: run.summary.latency.p50 }] : []))
    .sort((a, b) => a.at.localeCompare(b.at));
}

/** All runs of a model, and their latency over time, a line for each device and engine. */
export function useModelRuns(model: () => string) {
  const format = useFormat();
  const runs = reactive(useQuery(computed(() => listTasksOptions({ query: { model: [model()], whose: "anyone", limit: SHOWN, brief: true } }))));
  const points = computed(() => latencies(runs.data?.items ?? []));
  const places = computed(() => [...new Set(points.value.map((one) => one.where))]);
  const rows = computed(() => points.value.map((one) => [format.moment(one.at), one.where, format.duration(one.seconds)]));
  const option = computed<EChartsCoreOption>(() => ({
    grid: { left: 8, right: 20, top: 18, bottom: 6, containLabel: true },
    xAxis: { type: "time" },
    yAxis: { type: "value", min: 0, axisLabel: { formatter: (seconds: number) => format.duration(seconds) } },
    tooltip: { trigger: "item", valueFormatter: (value: [string, number]) => format.duration(value[1]) },
    series: places.value.map((where) => ({
      name: where,
      type: "line",
      symbolSize: 8,
      data: points.value.filter((one) => one.where === where).map((one) => [one.at, one.seconds]),
    })),
  }));
  return { runs, rows, places, option };
}
