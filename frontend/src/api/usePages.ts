import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed, reactive } from "vue";

interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** A list that the api tells page by page; `more` reads the next one. */
export function usePages<Item>(key: () => readonly unknown[], ask: (cursor: string | undefined, signal: AbortSignal) => Promise<{ data: Page<Item> }>) {
  const found = useInfiniteQuery({
    queryKey: computed(key),
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => (await ask(pageParam, signal)).data,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: (previous) => previous,
  });
  // In the shape that a QueryGate takes: everything that was read until now.
  const query = reactive({
    data: computed(() => found.data.value?.pages.flatMap((page) => page.items)),
    error: found.error,
    refetch: () => void found.refetch(),
  });
  return { query, hasMore: found.hasNextPage, asking: found.isFetchingNextPage, more: () => void found.fetchNextPage() };
}
