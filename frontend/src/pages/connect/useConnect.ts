import { useQueryClient } from "@tanstack/vue-query";
import { ref, shallowRef } from "vue";
import { useRoute, useRouter } from "vue-router";
import { credential } from "@/api/credential";
import { connectBrowser, getMe } from "@/api/generated";
import { problemOf, type ProblemError } from "@/api/problem";
import { lookAgain } from "@/api/session";
import { ownAddress } from "@/app/ownAddress";
import { tokenFromAddress } from "@/app/useEnter";

/** Tries a key, or the token of a link that was opened, and goes where the person wanted to go. A key is kept, a token begins a session. */
export function useConnect() {
  const [route, router, queries] = [useRoute(), useRouter(), useQueryClient()];
  const key = ref("");
  const asking = ref(false);
  const refused = shallowRef<ProblemError | null>(null);

  async function attempt(enter: () => Promise<unknown>, kept: () => string | null): Promise<void> {
    [asking.value, refused.value] = [true, null];
    try {
      await enter();
      credential.value = kept();
      lookAgain();
      queries.clear();
      await router.push(ownAddress(route.query.next));
    } catch (error) {
      refused.value = problemOf(error);
    } finally {
      asking.value = false;
    }
  }

  const connect = () => attempt(() => getMe({ auth: key.value.trim() }), () => key.value.trim());
  const token = tokenFromAddress();
  if (token !== null) void attempt(() => connectBrowser({ body: { token, cookies: true } }), () => null);
  return { key, asking, refused, connect };
}

