import { useQueryClient } from "@tanstack/vue-query";
import { ref, shallowRef } from "vue";
import { useRoute, useRouter } from "vue-router";
import { credential } from "@/api/credential";
import { getMe } from "@/api/generated";
import { problemOf, type ProblemError } from "@/api/problem";
import { ownAddress } from "@/app/ownAddress";

/** Tries a key, keeps it when the api takes it, and goes where the person wanted to go. */
export function useConnect() {
  const [route, router, queries] = [useRoute(), useRouter(), useQueryClient()];
  const key = ref("");
  const asking = ref(false);
  const refused = shallowRef<ProblemError | null>(null);

  async function connect(): Promise<void> {
    asking.value = true;
    refused.value = null;
    try {
      await getMe({ auth: key.value.trim() });
      credential.value = key.value.trim();
      queries.clear();
      await router.push(ownAddress(route.query.next));
    } catch (error) {
      refused.value = problemOf(error);
    } finally {
      asking.value = false;
    }
  }
  return { key, asking, refused, connect };
}

