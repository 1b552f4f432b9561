import { PALETTE } from "../palette";

/** What every chart has, in the colours of the theme. */
export function inks(dark: boolean) {
  const text = dark ? "#eef1f6" : "#171c26";
  return {
    backgroundColor: "transparent",
    color: [...PALETTE],
    tooltip: {
      backgroundColor: dark ? "#1d222b" : "#ffffff",
      borderColor: dark ? "#3a4250" : "#d5dae2",
      textStyle: { color: text, fontSize: 12.5 },
    },
  };
}

function axis(dark: boolean) {
  const [line, text] = dark ? ["#303744", "#a3adbb"] : ["#e3e7ed", "#59616e"];
  return {
    axisLine: { lineStyle: { color: line } },
    axisTick: { lineStyle: { color: line } },
    axisLabel: { color: text, hideOverlap: true },
    nameTextStyle: { color: text },
    splitLine: { lineStyle: { color: line } },
  };
}

/** A theme in ECharts' own form. */
export function theme(dark: boolean) {
  return { categoryAxis: axis(dark), valueAxis: axis(dark), logAxis: axis(dark), timeAxis: axis(dark) };
}
