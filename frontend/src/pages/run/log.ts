/** A line of the engine's log; `n` counts from 1 in each attempt. */
export interface LogLine {
  attempt: number;
  n: number;
  line: string;
}

/** Older lines are in the run's files. */
export const KEPT_LINES = 2000;

/** The lines with one more; a line that came twice stands once. */
export function appended(lines: readonly LogLine[], line: LogLine): LogLine[] {
  const last = lines.at(-1);
  if (last?.attempt === line.attempt && line.n <= last.n) return [...lines];
  return [...lines, line].slice(-KEPT_LINES);
}
