import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";
import { useEvents } from "@/api/events";
import { getTask, listTasks, type TaskPage, type TaskResource } from "@/api/generated";
import { useNews } from "@/api/useNews";
import { hasEnded } from "./states";
import { withRun } from "./pages";
import type { RunQuery } from "./useRunQuery";

/** What a window holds, and some. */
const PAGE = 30;
/** How often the list is read again where nobody tells what happens, in milliseconds: while something in it is under way, and else. */
const [SOON, LATER] = [2_000, 10_000];
/** Longer lists are not read again as a whole: the runs in it that changed are. */
const MOST_LIVE_PAGES = 5;

/** What the api is asked for. public/ahead.js asks the same for the plain list. */
export function asked(query: RunQuery, cursor?: string) {
  const { q, ...lists } = query;
  return { ...lists, ...(q ? { q } : {}), limit: PAGE, brief: true, ...(cursor ? { cursor } : {}) };
}

/** The runs that match, page by page as they are scrolled to, and as they change. */
export function useRuns(query: Ref<RunQuery>) {
  const queries = useQueryClient();
  const key = computed(() => ["runs", query.value]);
  const pages = (): TaskPage[] => found.data.value?.pages ?? [];

  async function readAgain(changed: ReadonlySet<string>): Promise<void> {
    if (pages().length <= MOST_LIVE_PAGES) {
      await found.refetch({ cancelRefetch: false });
      return;
    }
    const shown = runs.value.filter((run) => changed.has(run.id));
    const now = await Promise.allSettled(shown.map((run) => getTask({ path: { task_id: run.id } })));
    for (const one of now) {
      if (one.status === "fulfilled") queries.setQueryData<InfiniteData<TaskPage>>(key.value, (held) => withRun(held, one.value.data));
    }
  }
  const { hear } = useNews(readAgain);
  const { live } = useEvents({ aggregate: ["task"] }, () => hear(), ({ subject }) => hear(subject.split(".").at(-1)));

  const found = useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => (await listTasks({ query: asked(query.value, pageParam), signal })).data,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: ({ state }) => {
      const read = state.data?.pages ?? [];
      if (live.value || read.length > MOST_LIVE_PAGES) return false;
      return read.some((page) => page.items.some((run) => !hasEnded(run.state))) ? SOON : LATER;
    },
    placeholderData: (previous) => previous,
  });
  const runs = computed<TaskResource[]>(() => pages().flatMap((page) => page.items));
  const more = () => {
    if (found.hasNextPage.value && !found.isFetchingNextPage.value) void found.fetchNextPage();
  };
  return { found, runs, more, live };
}
