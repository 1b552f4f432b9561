import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed, reactive } from "vue";
import { listModels } from "@/api/generated";

const PAGE = 50;

/** One's models and the team's, page by page, the newest first. */
export function useModels() {
  const query = reactive(
    useInfiniteQuery({
      queryKey: ["models"],
      queryFn: async ({ pageParam, signal }) => (await listModels({ query: { limit: PAGE, cursor: pageParam }, signal })).data,
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next_cursor,
    }),
  );
  const models = computed(() => query.data?.pages.flatMap((page) => page.items) ?? []);
  return { query, models };
}
