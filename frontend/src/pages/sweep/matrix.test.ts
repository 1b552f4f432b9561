import { expect, it } from "vitest";
import type { Cell } from "@/api/generated";
import { heatOf, matrixOf } from "./matrix";

const cell = (at: Cell["at"], latency: number | null, throughput: number | null = null): Cell => ({
  task_id: JSON.stringify(at), at, state: latency === null ? "queued" : "completed", latency_p50: latency, latency_min: null, throughput,
  device_s: null, peak_memory: null, batch: 1,
});
const axes = [
  { name: "engine", values: ["1.12.0", "1.13.0"] },
  { name: "batch_size", values: [1, 8] },
  { name: "fast_run", values: [false, true] },
];

it("lays the first axis across and the others down", () => {
  const cells = [cell({ engine: "1.13.0", batch_size: 8, fast_run: true }, 0.2)];
  const { columns, rows } = matrixOf({ axes, cells });
  expect(columns).toEqual(["1.12.0", "1.13.0"]);
  expect(rows.map((row) => row.title)).toEqual([
    "batch_size 1, fast_run false", "batch_size 1, fast_run true", "batch_size 8, fast_run false", "batch_size 8, fast_run true",
  ]);
  expect(rows[3]?.cells).toEqual([null, cells[0]]);
});

it("one axis makes one column", () => {
  const cells = [cell({ batch_size: 1 }, 0.1), cell({ batch_size: 8 }, 0.4)];
  const { across, rows } = matrixOf({ axes: axes.slice(1, 2), cells });
  expect(across).toBeNull();
  expect(rows.map((row) => row.cells[0])).toEqual(cells);
});

it("is coolest at the best, also where more is better", () => {
  const cells = [cell({ batch_size: 1 }, 0.1, 10), cell({ batch_size: 8 }, 0.4, 20), cell({ batch_size: 9 }, null)];
  expect(cells.map(heatOf(cells, "latency_p50"))).toEqual([0, 1, null]);
  expect(cells.map(heatOf(cells, "throughput"))).toEqual([1, 0, null]);
  expect([cell({}, 3)].map(heatOf([cell({}, 3)], "latency_p50"))).toEqual([0]);
});
