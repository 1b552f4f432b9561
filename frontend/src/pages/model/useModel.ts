import { useQuery } from "@tanstack/vue-query";
import { computed, reactive } from "vue";
import { useRoute, useRouter } from "vue-router";
import { getInspectionOptions, getModelOptions } from "@/api/generated/@tanstack/vue-query.gen";

const TABS = ["graph", "layers", "runs"];

/** A model and its inspection; which tab is open stands in the address. */
export function useModel(id: () => string) {
  const [route, router] = [useRoute(), useRouter()];
  const path = computed(() => ({ model_id: id() }));
  const model = reactive(useQuery(computed(() => getModelOptions({ path: path.value }))));
  const inspection = reactive(useQuery(computed(() => ({ ...getInspectionOptions({ path: path.value }), retry: false, staleTime: Infinity }))));
  const tab = computed({
    get: () => (TABS.includes(String(route.query.tab)) ? String(route.query.tab) : "graph"),
    set: (tab: string) => void router.replace({ query: { ...route.query, tab } }),
  });
  return { model, inspection, tab };
}
