import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from "echarts";
import { graphic } from "echarts/core";
import { computed, type Ref } from "vue";
import type { TimelineResource } from "@/api/generated";
import { useFormat } from "@/design/format/useFormat";
import { colour } from "@/design/palette";
import { around, lanes, typesByTime } from "./timeline";

const BAR = 0.62;
const PALE = "55";

function drawBar(params: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) {
  const [row, start, end] = [0, 1, 2].map((at) => Number(api.value(at)));
  const from = api.coord([start ?? 0, row ?? 0]);
  const to = api.coord([end ?? 0, row ?? 0]);
  const size = api.size?.([0, 1]);
  const height = (Array.isArray(size) ? (size[1] ?? 0) : 0) * BAR;
  const [x = 0, y = 0] = from;
  const area = params.coordSys as unknown as { x: number; y: number; width: number; height: number };
  // At least half a pixel: a short operator stays in sight.
  const wanted = { x, y: y - height / 2, width: Math.max(0.5, (to[0] ?? 0) - x), height };
  const shape = graphic.clipRectByRect(wanted, area);
  return shape ? { type: "rect" as const, shape, style: { fill: api.visual("color") as string } } : undefined;
}

/** The chart of a timeline: lanes as rows, zoomed with wheel and slider, and to the operator that is wanted, beside which the others are pale. */
export function useTimelineOption(timeline: Ref<TimelineResource | undefined>, wanted: Ref<string>) {
  const format = useFormat();
  const drawn = computed(() => lanes(timeline.value?.device ?? [], timeline.value?.host ?? []));
  const types = computed(() => typesByTime(timeline.value?.device ?? []));
  const option = computed(() => {
    const place = new Map(types.value.map((type, at) => [type, at]));
    const { bars, names, length } = drawn.value;
    const found = around(drawn.value, wanted.value);
    const zoom = found ?? { start: 0, end: 100 };
    return {
      grid: { left: 8, right: 20, top: 12, bottom: 70, containLabel: true },
      xAxis: { type: "value", min: 0, max: length, axisLabel: { formatter: (value: number) => format.duration(value) } },
      yAxis: { type: "category", inverse: true, data: names, splitLine: { show: true } },
      dataZoom: [
        { type: "inside", filterMode: "weakFilter", minSpan: 0.01, ...zoom },
        { type: "slider", filterMode: "weakFilter", ...zoom, bottom: 14, height: 26, labelFormatter: (value: number) => format.duration(value) },
      ],
      tooltip: {
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const span = bars[dataIndex]?.span;
          return span ? `${span.name}\n${span.type}\n${format.duration(span.start_s)} + ${format.duration(span.end_s - span.start_s)}` : "";
        },
      },
      series: [
        {
          type: "custom",
          renderItem: drawBar,
          encode: { x: [1, 2], y: 0 },
          progressive: 2000,
          data: bars.map(({ row, span }) => ({
            name: span.name,
            value: [row, span.start_s, span.end_s],
            itemStyle: { color: colour(place.get(span.type) ?? 6) + (found && span.name !== wanted.value ? PALE : "") },
          })),
        },
      ],
    };
  });
  return { option, drawn, types };
}
