import type { LocationQuery } from "vue-router";

/** The words that an address has under a name: none, one or more. */
export const several = (value: LocationQuery[string] | undefined): string[] =>
  [value].flat().filter((one): one is string => typeof one === "string" && one !== "");
