import { useQuery } from "@tanstack/vue-query";
import { computed, watch } from "vue";
import { useRoute } from "vue-router";
import { getTaskOptions } from "@/api/generated/@tanstack/vue-query.gen";
import type { InputData } from "./useInputData";
import type { ModelChoice } from "./useModelChoice";
import { given } from "./optionGroups";
import type { RunOptions } from "./useRunOptions";
import type { TargetChoice } from "./useTarget";

/** The run that `?from=` names: the new one begins as it was, and is changed from there. */
export function useOrigin(model: ModelChoice, data: InputData, target: TargetChoice, options: RunOptions) {
  const route = useRoute();
  const from = computed(() => (typeof route.query.from === "string" ? route.query.from : null));
  const run = useQuery(computed(() => ({ ...getTaskOptions({ path: { task_id: from.value ?? "" } }), enabled: from.value !== null, staleTime: Infinity })));
  watch(
    run.data,
    (known) => {
      if (!known) return;
      model.choose(known.model.id);
      data.source.value = "same";
      target.key.value = `${known.platform}/${known.engine}`;
      target.device.value = known.device.runner ?? "";
      options.values.value = given(known.options);
    },
    { immediate: true },
  );
  // Whoever takes another model needs other data.
  const origin = computed(() => (model.id.value === run.data.value?.model.id ? run.data.value : null));
  watch(origin, (known) => {
    if (!known && data.source.value === "same") data.source.value = "random";
  });
  return { origin, error: run.error };
}

export type OriginOfRun = ReturnType<typeof useOrigin>;
