import { useQuery } from "@tanstack/vue-query";
import { computed, reactive } from "vue";
import { useI18n } from "vue-i18n";
import type { TaskResource } from "@/api/generated";
import { getEnvironmentOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { useFormat } from "@/design/format/useFormat";

/** What the last attempt ran on, and how it is run by hand. */
export function useEnvironment(run: TaskResource) {
  const { t } = useI18n();
  const format = useFormat();
  const environment = reactive(useQuery({ ...getEnvironmentOptions({ path: { task_id: run.id } }), retry: false, staleTime: Infinity, enabled: run.artifacts.length > 0 }));
  const machine = computed(() => {
    const it = environment.data;
    if (!it) return [];
    return [
      [t("run.reproduce.cpu"), it.machine.cpu],
      [t("run.reproduce.cores"), format.count(it.machine.cores)],
      [t("run.reproduce.memory"), format.bytes(it.machine.memory)],
      [t("run.reproduce.kernel"), it.machine.kernel],
      [t("run.reproduce.governor"), it.machine.governor ?? "–"],
      [t("run.reproduce.load"), it.machine.load.toFixed(2)],
      [t("run.reproduce.temperature"), it.machine.temperature === null ? "–" : `${it.machine.temperature} °C`],
      [t("run.reproduce.engine"), `${it.engine.version} ${it.engine.build ?? ""} (${it.engine.driver})`],
    ] as const;
  });
  return { environment, machine };
}
