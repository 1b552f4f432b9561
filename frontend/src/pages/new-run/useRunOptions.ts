import { useQuery } from "@tanstack/vue-query";
import { computed, reactive, ref, type Ref } from "vue";
import { listOptionsOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { changed, grouped, type OptionName, type OptionValues } from "./optionGroups";
import type { Target } from "./useTarget";

/** The options of the run, as they work on the target. */
export function useRunOptions(target: Ref<Target | null>) {
  const values = ref<OptionValues>({});
  const query = computed(() => ({ platform: (target.value?.platform ?? "x86") as "x86", engine: target.value?.version ?? "" }));
  const catalogue = reactive(
    useQuery(computed(() => ({ ...listOptionsOptions({ query: query.value }), enabled: target.value !== null, staleTime: 60_000 }))),
  );
  const items = computed(() => catalogue.data?.items ?? []);
  const groups = computed(() => grouped(items.value));
  const asked = computed(() => changed(items.value, values.value));
  const valueOf = (name: string) => values.value[name as OptionName] ?? (items.value.find((one) => one.name === name)?.default as number | boolean | null);
  const set = (name: string, value: number | boolean | null | undefined) => (values.value = { ...values.value, [name]: value ?? null });
  return { catalogue, groups, values, asked, valueOf, set };
}

export type RunOptions = ReturnType<typeof useRunOptions>;
