import type { EChartsCoreOption } from "echarts/core";
import type { TypeSum } from "./layers";

/** Bars of computation by type, the longest on top. */
export function typesOption(types: readonly TypeSum[], write: (flops: number) => string): EChartsCoreOption {
  return {
    grid: { left: 8, right: 90, top: 6, bottom: 6, containLabel: true },
    xAxis: { type: "value", axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: { type: "category", inverse: true, data: types.map((one) => one.type), axisTick: { show: false } },
    tooltip: { trigger: "item", valueFormatter: write },
    series: [
      {
        type: "bar",
        barMaxWidth: 16,
        data: types.map((one) => one.flops),
        itemStyle: { borderRadius: 3 },
        label: { show: true, position: "right", color: "#747e8d", formatter: ({ value }: { value: number }) => write(value) },
      },
    ],
  };
}
