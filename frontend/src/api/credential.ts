import { useLocalStorage } from "@vueuse/core";

/** The API key with which this browser asks, null when it has none. */
export const credential = useLocalStorage<string | null>("mgeprof.key", null);

const FRAGMENT = /^#key=(.+)$/;

/**
 * Takes the key out of an address such as `/connect#key=mgp_…`. A fragment never reaches a server or its log;
 * it is taken out of the address at once, so that neither history nor bookmarks keep it.
 */
export function keyFromAddress(): string | null {
  const key = FRAGMENT.exec(location.hash)?.[1];
  if (key === undefined) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  return decodeURIComponent(key);
}
