import { useQuery } from "@tanstack/vue-query";
import { computed, reactive, ref, watch } from "vue";
import { getGraphOptions, getModelGraphOptions, listTasksOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { type Graph, fileGraph, ranGraph } from "@/graph/graph";

interface Asked {
  data?: unknown;
  error: unknown;
  refetch: (this: void) => unknown;
}

const SHOWN = 50;
const NOTHING: Graph = { nodes: [], edges: [] };

/** The graph of one of a model's completed runs, the newest unless another is chosen; before there is one, that of its file. */
export function useRanGraph(model: () => string) {
  const found = reactive(
    useQuery(computed(() => listTasksOptions({ query: { model: [model()], state: ["completed"], whose: "anyone", limit: SHOWN, brief: true } }))),
  );
  // Inspections are tasks, too, but nothing ran there that would have been measured.
  const runs = computed(() => (found.data?.items ?? []).filter((one) => one.summary !== null));
  const run = ref<string>();
  watch(runs, ([newest]) => (run.value ??= newest?.id), { immediate: true });

  const ran = reactive(
    useQuery(computed(() => ({ ...getGraphOptions({ path: { task_id: run.value ?? "" } }), enabled: run.value !== undefined, staleTime: Infinity }))),
  );
  const file = reactive(
    useQuery(computed(() => ({
      ...getModelGraphOptions({ path: { model_id: model() } }), enabled: found.data !== undefined && !runs.value.length, retry: false, staleTime: Infinity,
    }))),
  );
  const graph = computed(() => {
    if (run.value !== undefined) return ran.data ? ranGraph(ran.data) : NOTHING;
    return file.data ? fileGraph(file.data) : NOTHING;
  });
  const query = computed((): Asked => (found.error ? found : run.value === undefined ? file : ran));
  return { runs, run, graph, query };
}
