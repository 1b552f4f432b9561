import { describe, expect, it } from "vitest";
import type { OperatorResource } from "@/api/generated";
import { KEPT_LINES, type LogLine, appended } from "./log";
import { histogram } from "./histogram";
import { grouped } from "./groups";
import { matching } from "./operators";
import { progress } from "./phases";
import { tabsFor } from "./tabs";

describe("the log", () => {
  const line = (n: number, attempt = 1): LogLine => ({ attempt, n, line: `line ${n}` });

  it("shows a line once, and begins anew with an attempt", () => {
    const lines = [line(1), line(2), line(2), line(1), line(1, 2)].reduce<LogLine[]>(appended, []);
    expect(lines.map((one) => [one.attempt, one.n])).toEqual([[1, 1], [1, 2], [2, 1]]);
  });

  it("keeps the newest lines", () => {
    let lines: LogLine[] = [];
    for (let n = 1; n <= KEPT_LINES + 5; n++) lines = appended(lines, line(n));
    expect(lines).toHaveLength(KEPT_LINES);
    expect(lines[0]?.n).toBe(6);
  });
});

it("knows how far a run is", () => {
  const steps = progress("timing", { fetching: 0.1 });
  expect([steps.fetching.look, steps.loading.look, steps.timing.look, steps.uploading.look]).toEqual(["past", "past", "now", "ahead"]);
  expect(progress(null, {}).fetching).toEqual({ look: "ahead", seconds: null });
});

it("offers a profile only where there is one", () => {
  expect(tabsFor(true, true)[0]).toBe("summary");
  expect(tabsFor(false, false)).toEqual(["now", "files", "reproduce", "history", "replay"]);
  expect(tabsFor(true, true)).toContain("share");
  expect(tabsFor(true, false)).not.toContain("share");
});

describe("the histogram", () => {
  it("counts every latency once", () => {
    const bins = histogram([1, 1.1, 2, 3, 9.9, 10], 5);
    expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(6);
    expect(bins[0]?.from).toBe(1);
    expect(bins.at(-1)?.to).toBe(10);
  });
  it("puts equal latencies into one bin", () => expect(histogram([2, 2, 2], 5)).toEqual([{ from: 2, to: 2, count: 3 }]));
  it("has nothing for nothing", () => expect(histogram([], 5)).toEqual([]));
});

describe("the operators that match", () => {
  const operators = [
    { name: "conv1", type: "Conv", time_s: 3, order: 0, input_dtypes: ["int8", null] },
    { name: "Relu(conv1)", type: "Elemwise", time_s: null, order: 1, input_dtypes: [] },
    { name: "fc", type: "MatrixMul", time_s: 5, order: 2, input_dtypes: ["float32"] },
  ];
  const names = (given: Partial<Parameters<typeof matching>[1]>) =>
    matching(operators, { name: "", types: [], dtypes: [], least: null, most: null, sort: "-time_s", ...given }).map((one) => one.name);

  it("sorts the unknown last, whichever way", () => {
    expect(names({})).toEqual(["fc", "conv1", "Relu(conv1)"]);
    expect(names({ sort: "time_s" })).toEqual(["conv1", "fc", "Relu(conv1)"]);
    expect(names({ sort: "-name" })).toEqual(["Relu(conv1)", "fc", "conv1"]);
  });
  it("filters by part of the name, by type and by time", () => {
    expect(names({ name: "CONV" })).toEqual(["conv1", "Relu(conv1)"]);
    expect(names({ name: "*1" })).toEqual(["conv1"]);
    expect(names({ name: "(" })).toEqual(["Relu(conv1)"]);
    expect(names({ types: ["Conv", "MatrixMul"], least: 4 })).toEqual(["fc"]);
    expect(names({ most: 3, sort: "name" })).toEqual(["conv1", "Relu(conv1)"].sort((a, b) => a.localeCompare(b)));
  });
  it("filters by regular expression and by the type of what is read", () => {
    expect(names({ name: "/^(conv|fc)/" })).toEqual(["fc", "conv1"]);
    expect(names({ name: "/(/" })).toEqual([]);
    expect(names({ dtypes: ["int8"] })).toEqual(["conv1"]);
  });
});

it("takes operators together by type, and by type and shape", () => {
  const operator = (type: string, time_s: number | null, shape: number[]) =>
    ({ type, time_s, share: 0.25, input_shapes: [shape], computation: 10, memory: null }) as unknown as OperatorResource;
  const all = [operator("Conv", 1, [1, 2]), operator("Conv", 3, [1, 4]), operator("Relu", null, [1, 4]), operator("Conv", 2, [1, 2])];
  expect(grouped(all, "type").map(({ type, count, time_s, mean_s, max_s, share }) => [type, count, time_s, mean_s, max_s, share])).toEqual([
    ["Conv", 3, 6, 2, 3, 0.75], ["Relu", 1, 0, 0, 0, 0.25],
  ]);
  expect(grouped(all, "shape").map(({ type, shapes, count, time_s }) => [type, shapes, count, time_s])).toEqual([
    ["Conv", [[1, 2]], 2, 3], ["Conv", [[1, 4]], 1, 3], ["Relu", [[1, 4]], 1, 0],
  ]);
});
