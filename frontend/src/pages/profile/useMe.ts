import { useQuery } from "@tanstack/vue-query";
import { reactive } from "vue";
import type { Me } from "@/api/generated";
import { getMeOptions, getMyUsageOptions, listKeysOptions, listSessionsOptions } from "@/api/generated/@tanstack/vue-query.gen";

/** The installation's own account has no password, and stays as it is. */
export const isLocal = (me: Me) => me.name === "local";

/** Who is asking, and with what. */
export const useMe = () => reactive(useQuery(getMeOptions()));
export const useUsage = () => reactive(useQuery(getMyUsageOptions()));
export const useSessions = () => reactive(useQuery(listSessionsOptions()));
export const useKeys = () => reactive(useQuery(listKeysOptions()));
