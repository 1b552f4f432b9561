import { useQuery } from "@tanstack/vue-query";
import { computed, reactive } from "vue";
import { openLink } from "@/api/generated";
import { secretFromAddress } from "./secret";

/** Shows the link's secret to the server once; from then on a cookie opens this run, until the link is over. */
export function useSharedLink(id: () => string) {
  const secret = secretFromAddress();
  return reactive(
    useQuery({
      queryKey: computed(() => ["shared", id()]),
      queryFn: async () => (secret === null ? id() : (await openLink({ body: { token: secret } })).data.task_id),
      staleTime: Infinity,
      retry: false,
    }),
  );
}
