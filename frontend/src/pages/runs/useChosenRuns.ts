import { useQueryClient } from "@tanstack/vue-query";
import { computed, type Ref, ref, shallowRef } from "vue";
import { useRouter } from "vue-router";
import { cancelTask, deleteTask, retryTask, type TaskResource } from "@/api/generated";
import { problemOf, type ProblemError } from "@/api/problem";
import { hasEnded } from "./states";

const MOST_COMPARED = 10;

/** Runs that were ticked, and what can be done to all of them at once. */
export function useChosenRuns(runs: Ref<TaskResource[]>) {
  const [router, queries] = [useRouter(), useQueryClient()];
  const ids = ref(new Set<string>());
  const refused = shallowRef<ProblemError | null>(null);
  const chosen = computed(() => runs.value.filter((run) => ids.value.has(run.id)));
  const comparable = computed(() => chosen.value.filter((run) => run.state === "completed"));
  const running = computed(() => chosen.value.filter((run) => !hasEnded(run.state)));
  const ended = computed(() => chosen.value.filter((run) => hasEnded(run.state)));

  function toggle(id: string): void {
    if (!ids.value.delete(id)) ids.value.add(id);
  }
  /** All of them at once; of those that are refused, the first says why. */
  async function each(of: readonly TaskResource[], ask: (asked: { path: { task_id: string } }) => Promise<unknown>): Promise<void> {
    refused.value = null;
    const ends = await Promise.allSettled(of.map((run) => ask({ path: { task_id: run.id } })));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) refused.value = problemOf(failed.reason);
    ids.value.clear();
    await queries.invalidateQueries({ queryKey: ["runs"] });
  }
  const cancel = () => each(running.value, cancelTask);
  const retry = () => each(ended.value, retryTask);
  const remove = () => each(ended.value, deleteTask);
  const canCompare = computed(
    () => router.hasRoute("compare") && comparable.value.length >= 2 && comparable.value.length <= MOST_COMPARED,
  );
  const compare = () => router.push({ name: "compare", query: { task: comparable.value.map((run) => run.id) } });
  return { ids, chosen, running, ended, refused, toggle, cancel, retry, remove, canCompare, compare };
}

export type ChosenRuns = ReturnType<typeof useChosenRuns>;
