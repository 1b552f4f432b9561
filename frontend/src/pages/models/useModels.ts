import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed, reactive, ref } from "vue";
import { listModels } from "@/api/generated";

const PAGE = 50;

/** One's models, or all that one may see, page by page, the newest first. */
export function useModels() {
  const whose = ref<"mine" | "anyone">("mine");
  const query = reactive(
    useInfiniteQuery({
      queryKey: ["models", whose],
      queryFn: async ({ pageParam, signal }) => (await listModels({ query: { whose: whose.value, limit: PAGE, cursor: pageParam }, signal })).data,
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next_cursor,
    }),
  );
  const models = computed(() => query.data?.pages.flatMap((page) => page.items) ?? []);
  return { whose, query, models };
}
