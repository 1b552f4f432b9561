import type { Axis, Cell, Metric, SweepResource } from "@/api/generated";

type Value = Axis["values"][number];

export interface Matrix {
  /** What the columns differ in; null when the sweep has only one axis. */
  across: Axis | null;
  columns: string[];
  rows: { title: string; cells: (Cell | null)[] }[];
}

const word = (value: Value | undefined): string => (value === null || value === undefined ? "–" : String(value));

/** Every way to choose one value of each axis, the last axis fastest. */
function ways(axes: readonly Axis[]): Record<string, Value>[] {
  return axes.reduce<Record<string, Value>[]>(
    (before, axis) => before.flatMap((one) => axis.values.map((value) => ({ ...one, [axis.name]: value }))),
    [{}],
  );
}

/** The cells as a table: the first axis across, all others down. */
export function matrixOf({ axes, cells }: Pick<SweepResource, "axes" | "cells">): Matrix {
  const across = axes.length > 1 ? (axes[0] ?? null) : null;
  const down = axes.slice(across ? 1 : 0);
  const find = (at: Record<string, Value>) => cells.find((cell) => Object.entries(at).every(([name, value]) => cell.at[name] === value)) ?? null;
  return {
    across,
    columns: across ? across.values.map(word) : [""],
    rows: ways(down).map((row) => ({
      title: down.map((axis) => `${axis.name} ${word(row[axis.name])}`).join(", "),
      cells: across ? across.values.map((value) => find({ ...row, [across.name]: value })) : [find(row)],
    })),
  };
}

/** How warm a cell is, from 0 for the best to 1 for the worst of all; null without a figure. */
export function heatOf(cells: readonly Cell[], metric: Metric): (cell: Cell) => number | null {
  const known = cells.map((cell) => cell[metric]).filter((value): value is number => typeof value === "number");
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return (cell) => {
    const value = cell[metric];
    if (typeof value !== "number") return null;
    const share = most > least ? (value - least) / (most - least) : 0;
    return metric === "throughput" && most > least ? 1 - share : share;
  };
}
