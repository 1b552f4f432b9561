import { useQuery } from "@tanstack/vue-query";
import { reactive } from "vue";
import { getMeOptions, getMyUsageOptions, listKeysOptions, listSessionsOptions } from "@/api/generated/@tanstack/vue-query.gen";

/** Who is asking, and with what. */
export const useMe = () => reactive(useQuery(getMeOptions()));
export const useUsage = () => reactive(useQuery(getMyUsageOptions()));
export const useSessions = () => reactive(useQuery(listSessionsOptions()));
export const useKeys = () => reactive(useQuery(listKeysOptions()));
