import { useInfiniteQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, type Ref, shallowRef, watch } from "vue";
import { useEvents } from "@/api/events";
import { type EventPage, type EventResource, listEvents } from "@/api/generated";
import { useNews } from "@/api/useNews";
import { newestFirst } from "./newestFirst";
import { type EventQuery, write } from "./useEventQuery";

const PAGE = 60;
/** The api looks through so much of the log at once; where one may see little of it a page is empty, and the next one is asked for so often by itself. */
const MOST_EMPTY = 5;
/** More than these are not kept beside the pages: they are read again. */
const MOST_FRESH = 1_000;
const MOST_MISSED = 200;

/** The log from its present end backwards, as far as one may see it, and what happens while one looks. */
export function useEventLog(query: Ref<EventQuery>) {
  const queries = useQueryClient();
  const key = computed(() => ["events", query.value]);
  const fresh = shallowRef<EventResource[]>([]);
  watch(key, () => (fresh.value = []));

  async function read(before: number | undefined, signal: AbortSignal): Promise<EventPage> {
    const ask = async (from: number | undefined) =>
      (await listEvents({ query: { ...write(query.value), order: "desc", limit: PAGE, ...(from === undefined ? {} : { before: from }) }, signal })).data;
    let page = await ask(before);
    for (let empty = 1; empty < MOST_EMPTY && page.more && !page.items.length; empty++) page = await ask(page.next_before ?? undefined);
    return page;
  }
  const found = useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    getNextPageParam: (last) => (last.more ? last.next_before ?? undefined : undefined),
    staleTime: Infinity,
  });
  const events = computed(() => newestFirst(fresh.value, found.data.value?.pages.flatMap((page) => page.items) ?? []));

  async function begin(): Promise<void> {
    fresh.value = [];
    await queries.resetQueries({ queryKey: key.value });
  }
  /** What happened between the reading of the pages and the beginning of the stream. */
  async function catchUp(): Promise<void> {
    const newest = events.value[0]?.sequence;
    if (newest === undefined) return begin();
    const { data } = await listEvents({ query: { ...write(query.value), after: newest, limit: MOST_MISSED } });
    if (data.more) return begin();
    fresh.value = newestFirst(data.items.reverse(), fresh.value);
  }
  const heard: EventResource[] = [];
  const { hear } = useNews(async () => {
    const told = heard.splice(0).reverse();
    if (fresh.value.length + told.length > MOST_FRESH) return begin();
    fresh.value = newestFirst(told, fresh.value);
  });
  // What is asked for up to a time has ended.
  const wanted = computed(() => {
    const { aggregate, platform, type, actor, thing, until } = query.value;
    return until ? null : { aggregate, platform, type, actor, thing };
  });
  const { live } = useEvents(wanted, () => void catchUp().catch(() => undefined), (event) => {
    heard.push(event);
    hear();
  });
  const more = () => {
    if (found.hasNextPage.value && !found.isFetchingNextPage.value) void found.fetchNextPage();
  };
  return { found, events, more, live };
}
