import { useQueries, useQuery } from "@tanstack/vue-query";
import { computed, reactive } from "vue";
import { useRoute } from "vue-router";
import { getComparisonOptions, getTaskOptions } from "@/api/generated/@tanstack/vue-query.gen";

/** Where a run stands among those compared: A, B, C … */
export function letter(place: number): string {
  return String.fromCharCode(65 + place);
}

/** The runs named in the address, held against the first of them. */
export function useComparison() {
  const route = useRoute();
  const ids = computed(() => [route.query.task ?? []].flat().filter((id): id is string => id !== null));
  const comparison = reactive(
    useQuery(computed(() => ({ ...getComparisonOptions({ query: { task: ids.value } }), enabled: ids.value.length >= 2, staleTime: Infinity }))),
  );
  const runs = useQueries({ queries: computed(() => ids.value.map((id) => getTaskOptions({ path: { task_id: id } }))) });
  const names = computed(() =>
    ids.value.map((id, place) => {
      const run = runs.value[place]?.data;
      return `${letter(place)} · ${run?.name ?? run?.model.name ?? id.slice(-8)}`;
    }),
  );
  return { ids, comparison, names };
}
