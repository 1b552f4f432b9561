import { useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, onScopeDispose, reactive, type Ref, ref, watch } from "vue";
import { followTask } from "@/api/generated";
import { getTaskOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { know } from "@/api/sequence";
import { type LogLine, appended } from "./log";

/** A run as it stands, and while it is under way what its device shows: the phase and the engine's log. */
export function useRun(id: Ref<string>) {
  const queries = useQueryClient();
  const run = reactive(useQuery(computed(() => getTaskOptions({ path: { task_id: id.value } }))));
  const phase = ref<string | null>(null);
  const lines = ref<LogLine[]>([]);
  let following: AbortController | undefined;

  function told(kind: string | undefined, data: unknown, sequence: number): void {
    if (kind === "phase") phase.value = (data as { phase: string }).phase;
    else if (kind === "log") lines.value = appended(lines.value, data as LogLine);
    else {
      // After the last event nothing is told any more: what is read now has to have it.
      know(sequence);
      void queries.invalidateQueries({ queryKey: getTaskOptions({ path: { task_id: id.value } }).queryKey });
    }
  }

  async function follow(task: string): Promise<void> {
    following = new AbortController();
    const { stream } = await followTask({
      path: { task_id: task },
      query: { log: true },
      signal: following.signal,
      onSseEvent: ({ event, data, id: sequence }) => told(event, data, Number(sequence)),
    });
    // What it says was told by onSseEvent; reading it to its end keeps the connection going.
    while (!(await stream.next()).done);
  }

  watch(
    // A completed run has its profile to show; every other has the log, which the stream tells to its end.
    [id, () => run.data?.state === "completed", () => run.data === undefined],
    ([task, completed, unknown]) => {
      following?.abort();
      if (!completed && !unknown) void follow(task);
    },
    { immediate: true },
  );
  onScopeDispose(() => following?.abort());
  return { run, phase, lines };
}
