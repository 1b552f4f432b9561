import { useQuery } from "@tanstack/vue-query";
import { computed, reactive, ref, watch } from "vue";
import { listEnginesOptions, listRunnersOptions } from "@/api/generated/@tanstack/vue-query.gen";
import type { EngineResource } from "@/api/generated";

const ASKED_EVERY_MS = 5_000;

export interface Target extends EngineResource {
  key: string;
  /** Runners that are there and do nothing, and that are there and measure. */
  idle: number;
  busy: number;
}

/** Where to measure, from what runners really offer: platform and engine version. */
export function useTarget() {
  const engines = reactive(useQuery({ ...listEnginesOptions(), refetchInterval: ASKED_EVERY_MS }));
  const runners = useQuery({ ...listRunnersOptions(), refetchInterval: ASKED_EVERY_MS });
  const key = ref<string | null>(null);

  const targets = computed<Target[]>(() =>
    (engines.data?.items ?? []).map((engine) => {
      const having = (runners.data.value?.items ?? []).filter(
        (runner) => runner.platform === engine.platform && runner.engines.some((one) => one.version === engine.version),
      );
      const count = (state: string) => having.filter((runner) => runner.state === state && !runner.drained).length;
      return { ...engine, key: `${engine.platform}/${engine.version}`, idle: count("idle"), busy: count("busy") };
    }),
  );
  const target = computed(() => targets.value.find((one) => one.key === key.value) ?? null);
  // The first that is there, until somebody chooses.
  watch(
    targets,
    (found) => {
      if (!target.value) key.value = (found.find((one) => one.present) ?? found[0])?.key ?? null;
    },
    { immediate: true },
  );
  return { engines, targets, target, key };
}

export type TargetChoice = ReturnType<typeof useTarget>;
