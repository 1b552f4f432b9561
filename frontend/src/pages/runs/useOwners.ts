import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { getMeOptions, listUsersOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { brief } from "@/design/format/quantities";

const KEPT_MS = 300_000;

/** Names of people, as far as one may know them, when they are wanted: one's own, and for administrators everybody's. Of others the beginning of the id. */
export function useOwners(wanted: () => boolean) {
  const { data: me } = useQuery(getMeOptions());
  const isAdmin = computed(() => me.value?.scopes.includes("admin") ?? false);
  const { data: users } = useQuery(computed(() => ({ ...listUsersOptions({ query: { limit: 500 } }), enabled: isAdmin.value && wanted(), staleTime: KEPT_MS })));
  const names = computed(() => new Map([...(users.value?.items ?? []).map((one) => [one.id, one.name] as const), ...(me.value ? [[me.value.id, me.value.name] as const] : [])]));
  return (id: string) => names.value.get(id) ?? brief(id);
}
