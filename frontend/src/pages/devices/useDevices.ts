import { useQuery } from "@tanstack/vue-query";
import { computed, reactive } from "vue";
import { useEvents } from "@/api/events";
import type { TaskResource } from "@/api/generated";
import { listRunnersOptions, listTasksOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { useNews } from "@/api/useNews";

/** How often it is asked, in milliseconds: where nobody tells what happens, and else, for the load that runs of others make. */
const [UNTOLD, TOLD] = [3_000, 15_000];

/** The runs that a runner holds now: those whose last attempt is its, and has not ended. */
export function heldBy(runner: string, tasks: readonly TaskResource[]): TaskResource[] {
  return tasks.filter((task) => {
    const last = task.attempts.at(-1);
    return last?.runner_id === runner && last.ended_at === null;
  });
}

/** The board of runners, and what each is doing, as far as one may see it, as it changes. */
export function useDevices() {
  const { hear } = useNews(() => Promise.all([runners.refetch({ cancelRefetch: false }), tasks.refetch({ cancelRefetch: false })]));
  const { live } = useEvents({ aggregate: ["runner", "task"] }, () => hear(), () => hear());
  const refetchInterval = () => (live.value ? TOLD : UNTOLD);
  const runners = reactive(useQuery({ ...listRunnersOptions(), refetchInterval }));
  const query = { state: ["running", "cancelling"] as ("running" | "cancelling")[], kind: ["profile", "inspect"] as ("profile" | "inspect")[], limit: 100, brief: true };
  const tasks = useQuery({ ...listTasksOptions({ query }), refetchInterval });
  const counts = computed(() => {
    const items = runners.data?.items ?? [];
    const count = (state: string) => items.filter((runner) => runner.state === state).length;
    return { idle: count("idle"), busy: count("busy"), offline: count("offline") };
  });
  return { runners, counts, live, running: (runner: string) => heldBy(runner, tasks.data.value?.items ?? []) };
}
