import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { useI18n } from "vue-i18n";
import { getMeOptions, listRunnersOptions, listUsersOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { brief } from "@/design/format/quantities";

const KEPT_MS = 300_000;
/** Whoever acts by itself. */
const CONTROL_PLANE = "00000000-0000-0000-0000-000000000000";

/** Who does things, by name as far as one may know them: oneself, the control plane, devices that one sees, for administrators everybody. Of others the beginning of the id. */
export function useActors() {
  const { t } = useI18n();
  const { data: me } = useQuery(getMeOptions());
  const { data: runners } = useQuery({ ...listRunnersOptions(), staleTime: KEPT_MS });
  const isAdmin = computed(() => me.value?.scopes.includes("admin") ?? false);
  const { data: users } = useQuery(computed(() => ({ ...listUsersOptions({ query: { limit: 500 } }), enabled: isAdmin.value, staleTime: KEPT_MS })));
  const names = computed(
    () =>
      new Map<string, string>([
        [CONTROL_PLANE, t("events.controlPlane")],
        ...(runners.value?.items ?? []).map((one) => [one.id, one.name] as const),
        ...(users.value?.items ?? []).map((one) => [one.id, one.name] as const),
        ...(me.value ? [[me.value.id, me.value.name] as const] : []),
      ]),
  );
  return { names, nameOf: (id: string) => names.value.get(id) ?? brief(id) };
}
