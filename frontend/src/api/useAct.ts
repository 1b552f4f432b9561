import { useQueryClient } from "@tanstack/vue-query";
import { ref, shallowRef } from "vue";
import { type ProblemError, problemOf } from "./problem";

/** What a person asks the api to do: which of it is under way, what was done last, and why it was refused. What is shown is read again after it. */
export function useAct() {
  const queries = useQueryClient();
  const [busy, done] = [ref(""), ref("")];
  const refused = shallowRef<ProblemError | null>(null);

  async function act(name: string, ask: () => Promise<unknown>): Promise<boolean> {
    [busy.value, done.value, refused.value] = [name, "", null];
    try {
      await ask();
      done.value = name;
      return true;
    } catch (error) {
      refused.value = problemOf(error);
      return false;
    } finally {
      busy.value = "";
      void queries.invalidateQueries();
    }
  }
  return { busy, done, refused, act };
}
