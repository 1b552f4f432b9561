import { useQueryClient } from "@tanstack/vue-query";
import { ref, shallowRef } from "vue";
import { useRoute, useRouter } from "vue-router";
import { problemOf, type ProblemError } from "@/api/problem";
import { lookAgain } from "@/api/session";
import { ownAddress } from "./ownAddress";

/** Getting in by whatever way: tries it, begins anew with nothing of who was here before, and goes where the person wanted to go. */
export function useEnter() {
  const [route, router, queries] = [useRoute(), useRouter(), useQueryClient()];
  const asking = ref(false);
  const refused = shallowRef<ProblemError | null>(null);

  async function enter(ask: () => Promise<unknown>, then = ownAddress(route.query.next)): Promise<void> {
    [asking.value, refused.value] = [true, null];
    try {
      await ask();
      lookAgain();
      queries.clear();
      await router.push(then);
    } catch (error) {
      refused.value = problemOf(error);
    } finally {
      asking.value = false;
    }
  }
  return { asking, refused, enter };
}

/** The token behind `#token=` in a link, taken out of the address so that no history keeps it. */
export function tokenFromAddress(): string | null {
  const token = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (token === undefined) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  return decodeURIComponent(token);
}
