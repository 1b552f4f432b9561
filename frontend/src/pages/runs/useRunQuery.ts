import { computed } from "vue";
import { type LocationQuery, useRoute, useRouter } from "vue-router";
import type { Platform, State } from "@/api/generated";
import { several } from "@/app/several";
import { zState } from "./states";

/** What the list is asked for. It stands in the address, so that it can be kept and sent to somebody. */
export interface RunQuery {
  state: State[];
  platform: Platform[];
  engine: string[];
  /** Ids: of any of these. */
  project: string[];
  /** All of these. */
  tag: string[];
  q: string;
  sort: Sort;
  whose: "mine" | "anyone";
}
export const SORTS = ["submitted_at", "ended_at", "latency", "device_time"] as const;
export type Sort = (typeof SORTS)[number] | `-${(typeof SORTS)[number]}`;
export const PLATFORMS = ["x86", "cuda", "arm"] as const;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Reads an address. What is not known is left out, so that an old link still opens. */
export function parse(query: LocationQuery): RunQuery {
  const [q = ""] = several(query.q);
  const [sort = "-submitted_at"] = several(query.sort);
  const known = (SORTS as readonly string[]).includes(sort.replace(/^-/, ""));
  return {
    state: several(query.state).filter(zState),
    platform: PLATFORMS.filter((one) => several(query.platform).includes(one)),
    engine: several(query.engine),
    project: several(query.project).filter((one) => UUID.test(one)),
    tag: several(query.tag),
    q,
    whose: query.whose === "anyone" ? "anyone" : "mine",
    sort: known ? (sort as Sort) : "-submitted_at",
  };
}

/** Writes an address: only what differs from the plain list. */
export function write(query: RunQuery): Record<string, string | string[]> {
  const { q, sort, whose, ...lists } = query;
  return {
    ...Object.fromEntries(Object.entries(lists).filter(([, values]) => values.length)),
    ...(q ? { q } : {}),
    ...(whose === "mine" ? {} : { whose }),
    ...(sort === "-submitted_at" ? {} : { sort }),
  };
}

export function useRunQuery() {
  const [route, router] = [useRoute(), useRouter()];
  const query = computed(() => parse(route.query));
  const change = (changed: Partial<RunQuery>) => router.replace({ query: write({ ...query.value, ...changed }) });
  const filtered = computed(() => Object.keys(write(query.value)).some((name) => name !== "sort"));
  return { query, change, filtered, clear: () => router.replace({ query: {} }) };
}
