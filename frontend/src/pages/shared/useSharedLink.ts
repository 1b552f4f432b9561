import { useQuery } from "@tanstack/vue-query";
import { computed, reactive } from "vue";
import { openLink } from "@/api/generated";
import { secretFromAddress } from "./secret";

/** Shows the link's secret to the server once; from then on a cookie opens this run, or the sweep and its runs, until the link is over. */
export function useSharedLink(id: () => string) {
  const secret = secretFromAddress();
  return reactive(
    useQuery({
      queryKey: computed(() => ["shared", id()]),
      queryFn: async () => {
        if (secret !== null) await openLink({ body: { token: secret } });
        return id();
      },
      staleTime: Infinity,
      retry: false,
    }),
  );
}
