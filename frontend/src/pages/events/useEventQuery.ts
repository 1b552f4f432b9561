import { computed } from "vue";
import { type LocationQuery, useRoute, useRouter } from "vue-router";
import type { Platform } from "@/api/generated";
import { several } from "@/app/several";
import { AGGREGATES, type AggregateName, EVENT_NAMES, type EventName, PLATFORMS } from "./catalogue";

/** What the log is asked for. It stands in the address. Times as ISO writes them. */
export interface EventQuery {
  aggregate: AggregateName[];
  platform: Platform[];
  type: EventName[];
  actor: string[];
  thing: string[];
  since: string;
  until: string;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
export const isId = (word: string): boolean => UUID.test(word);

function moment([word = ""]: string[]): string {
  const time = Date.parse(word);
  return Number.isNaN(time) ? "" : new Date(time).toISOString();
}

/** Reads an address. What is not known is left out, so that an old link still opens. */
export function parse(query: LocationQuery): EventQuery {
  return {
    aggregate: AGGREGATES.filter((one) => several(query.aggregate).includes(one)),
    platform: PLATFORMS.filter((one) => several(query.platform).includes(one)),
    type: EVENT_NAMES.filter((one) => several(query.type).includes(one)),
    actor: several(query.actor).filter(isId),
    thing: several(query.thing).filter(isId),
    since: moment(several(query.since)),
    until: moment(several(query.until)),
  };
}

/** Only what narrows the log: for an address, and for the api. */
export function write(query: EventQuery): Partial<EventQuery> {
  return Object.fromEntries(Object.entries(query).filter(([, value]: [string, string | string[]]) => value.length));
}

export function useEventQuery() {
  const [route, router] = [useRoute(), useRouter()];
  const query = computed(() => parse(route.query));
  const change = (changed: Partial<EventQuery>) => router.replace({ query: write({ ...query.value, ...changed }) });
  const filtered = computed(() => Object.keys(write(query.value)).length > 0);
  return { query, change, filtered, clear: () => router.replace({ query: {} }) };
}
