import { useDark } from "@vueuse/core";

/** Whether pages are dark: what was chosen, else what the system prefers. public/theme.js does the same before the first paint. */
export const dark = useDark({
  storageKey: "mgeprof.theme",
  valueDark: "dark",
  valueLight: "light",
  disableTransition: false,
});
