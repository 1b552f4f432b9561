import { useQuery } from "@tanstack/vue-query";
import { computed, reactive } from "vue";
import { getProfileOptions } from "@/api/generated/@tanstack/vue-query.gen";

/** A profile does not change once it is there. */
const FOR_EVER = { staleTime: Infinity, gcTime: 300_000 };

/** The whole profile of a run, with all its operators; the tabs share it. */
export function useProfile(id: () => string) {
  return reactive(useQuery(computed(() => ({ ...getProfileOptions({ path: { task_id: id() } }), ...FOR_EVER }))));
}

const MOST_GROUPS = 200;

/** Operators of one type and one shape of inputs taken together, those with the most time first. */
export function useShapes(id: () => string) {
  const query = { group_by: "shape", sort: "-time_s", top: MOST_GROUPS } as const;
  return reactive(useQuery(computed(() => ({ ...getProfileOptions({ path: { task_id: id() }, query }), ...FOR_EVER }))));
}
