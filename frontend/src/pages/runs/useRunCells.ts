import type { TaskResource } from "@/api/generated";
import { useFormat } from "@/design/format/useFormat";

const took = (run: TaskResource): number | null =>
  run.started_at && run.ended_at ? (Date.parse(run.ended_at) - Date.parse(run.started_at)) / 1000 : null;

/** The words in a run's row, by column. */
export function useRunCells(ownerOf: (id: string) => string) {
  const format = useFormat();
  const cells: Record<string, (run: TaskResource) => string> = {
    model: (run) => run.model.name ?? run.model.sha256.slice(0, 12),
    owner: (run) => ownerOf(run.owner),
    platform: (run) => run.platform,
    device: (run) => run.attempts.at(-1)?.runner_name ?? "–",
    engine: (run) => run.engine,
    latency: (run) => format.duration(run.summary?.latency.p50),
    device_time: (run) => format.duration(run.summary?.totals.device_s),
    took: (run) => format.duration(took(run)),
    submitted_at: (run) => format.ago(run.submitted_at),
  };
  return { cell: (run: TaskResource, column: string) => cells[column]?.(run) ?? "", moment: format.moment };
}
