import { keepPreviousData, useQuery } from "@tanstack/vue-query";
import { computed, reactive, ref } from "vue";
import type { Metric, State } from "@/api/generated";
import { getSweepOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { hasEnded } from "../runs/states";

const ASKED_EVERY_MS = 3_000;
const MS = 1000;

/** A sweep by one figure; `limit`: the latency in milliseconds that the best setting may have at the most. */
export function useSweep(id: () => string) {
  const metric = ref<Metric>("latency_p50");
  const limit = ref<number | null>(null);
  const sweep = reactive(
    useQuery(
      computed(() => ({
        ...getSweepOptions({ path: { sweep_id: id() }, query: { metric: metric.value, latency_limit_s: limit.value === null ? undefined : limit.value / MS } }),
        placeholderData: keepPreviousData,
        refetchInterval: ({ state }: { state: { data?: { states: object } } }) => (isOpen(state.data?.states) ? ASKED_EVERY_MS : false),
      })),
    ),
  );
  return { metric, limit, sweep };
}

/** Whether some of its runs still wait or run. */
export function isOpen(states: object | undefined): boolean {
  return Object.entries(states ?? {}).some(([state, count]) => !hasEnded(state as State) && Number(count) > 0);
}
