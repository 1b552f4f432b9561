import { computed, ref } from "vue";
import type { RunOptions } from "./useRunOptions";
import { optionSets, type TriedOption } from "./sweep";
import type { TargetChoice } from "./useTarget";

/** Several of anything: further platforms and versions, and options with several values. Nothing chosen: one run. */
export function useTried(target: TargetChoice, options: RunOptions) {
  const platforms = ref<string[]>([]);
  const engines = ref<string[]>([]);
  const tried = ref<TriedOption[]>([]);
  const offered = computed(() => ({
    platforms: [...new Set(target.targets.value.map((one) => one.platform as string))],
    engines: [...new Set(target.targets.value.map((one) => one.version))],
    options: options.groups.value.flatMap((group) => group.options).filter((one) => one.works),
  }));
  const with_ = (first: string | undefined, more: readonly string[]) => [...new Set([...(first ? [first] : []), ...more])];
  const asked = computed(() => ({
    platforms: with_(target.target.value?.platform, platforms.value),
    engines: with_(target.target.value?.version, engines.value),
    options: optionSets(options.asked.value, tried.value),
  }));
  const count = computed(() => asked.value.platforms.length * asked.value.engines.length * asked.value.options.length);
  return { platforms, engines, tried, offered, asked, count };
}

export type Tried = ReturnType<typeof useTried>;
