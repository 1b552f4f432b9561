import { useQuery } from "@tanstack/vue-query";
import { computed, reactive, ref, watch } from "vue";
import { listEnginesOptions, listRunnersOptions } from "@/api/generated/@tanstack/vue-query.gen";
import type { EngineResource, RunnerResource } from "@/api/generated";

const ASKED_EVERY_MS = 5_000;

export interface Target extends EngineResource {
  key: string;
  /** Runners that are there and do nothing, and that are there and measure. */
  idle: number;
  busy: number;
  devices: RunnerResource[];
}

/** The runners that have an engine: those that are there first, by name. */
export function having(engine: Pick<EngineResource, "platform" | "version">, runners: readonly RunnerResource[]): RunnerResource[] {
  return runners
    .filter((one) => !one.disabled && one.platform === engine.platform && one.engines.some((offer) => offer.version === engine.version))
    .sort((a, b) => Number(a.state === "offline") - Number(b.state === "offline") || a.name.localeCompare(b.name));
}

/** Where to measure, from what runners really offer: platform and engine version, and if wanted one of the devices that have it. */
export function useTarget() {
  const engines = reactive(useQuery({ ...listEnginesOptions(), refetchInterval: ASKED_EVERY_MS }));
  const runners = useQuery({ ...listRunnersOptions(), refetchInterval: ASKED_EVERY_MS });
  const key = ref<string | null>(null);
  const device = ref("");

  const targets = computed<Target[]>(() =>
    (engines.data?.items ?? []).map((engine) => {
      const devices = having(engine, runners.data.value?.items ?? []);
      const count = (state: string) => devices.filter((runner) => runner.state === state && !runner.drained).length;
      return { ...engine, devices, key: `${engine.platform}/${engine.version}`, idle: count("idle"), busy: count("busy") };
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
  watch(key, () => {
    const devices = target.value?.devices ?? [];
    if (devices.length && !devices.some((one) => one.id === device.value)) device.value = "";
  });
  /** What is asked for beside the engine: nothing, or one device. */
  const asked = computed(() => (device.value ? { device: { runner: device.value } } : {}));
  return { engines, targets, target, key, device, asked };
}

export type TargetChoice = ReturnType<typeof useTarget>;
