import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";
import { listTasks, type TaskResource } from "@/api/generated";
import { hasEnded } from "./states";
import type { RunQuery } from "./useRunQuery";

const PAGE = 100;
/** How often the list is read again, in milliseconds: while something in it is under way, and else. */
const [SOON, LATER] = [2_000, 10_000];
/** Longer lists are read again when the person asks, not by themselves. */
const MOST_LIVE_PAGES = 3;

/** The runs that match, page by page as they are scrolled to. */
export function useRuns(query: Ref<RunQuery>) {
  const found = useInfiniteQuery({
    queryKey: computed(() => ["runs", query.value]),
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const { q, ...lists } = query.value;
      const asked = { ...lists, ...(q ? { q } : {}), limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) };
      return (await listTasks({ query: asked, signal })).data;
    },
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? [];
      if (pages.length > MOST_LIVE_PAGES) return false;
      return pages.some((page) => page.items.some((run) => !hasEnded(run.state))) ? SOON : LATER;
    },
    placeholderData: (previous) => previous,
  });
  const runs = computed<TaskResource[]>(() => found.data.value?.pages.flatMap((page) => page.items) ?? []);
  const more = () => {
    if (found.hasNextPage.value && !found.isFetchingNextPage.value) void found.fetchNextPage();
  };
  return { found, runs, more };
}
