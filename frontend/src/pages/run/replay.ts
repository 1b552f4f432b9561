import type { Change, Replay, TaskMoment } from "@/api/generated";

/** The states that a run went through: `moments[0]` before its first event, then one after each. */
export const momentsOf = ({ before, steps }: Pick<Replay, "before" | "steps">): TaskMoment[] => [before, ...steps.map((step) => step.state)];

/** The fields that differ between two moments. */
export function differences(before: TaskMoment, after: TaskMoment): Change[] {
  return (Object.keys(after) as (keyof TaskMoment)[])
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

/** The moment that is looked at, and the one that it is held against: the one before, unless a range was chosen. */
export function chosen(range: number | readonly number[], last: number): { from: number; to: number } {
  const [from, to] = typeof range === "number" ? [range - 1, range] : [Math.min(...range), Math.max(...range)];
  return { from: Math.max(0, Math.min(from, last)), to: Math.max(0, Math.min(to, last)) };
}
