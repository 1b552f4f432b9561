import { useQueryClient } from "@tanstack/vue-query";
import { ref, shallowRef } from "vue";
import { useRouter } from "vue-router";
import { type Changes, type NewSweep, type NewTask, retryTask, submitSweep, submitTask } from "@/api/generated";
import { problemOf, type ProblemError } from "@/api/problem";

/** Submits a run, or many, and goes to their page. Asked again after a failure it is the same run, as long as nothing was changed. */
export function useSubmit() {
  const [router, queries] = [useRouter(), useQueryClient()];
  const asking = ref(false);
  const refused = shallowRef<ProblemError | null>(null);
  let last = { said: "", key: "" };

  async function ask(asked: unknown, post: (headers: { "Idempotency-Key": string }) => Promise<{ data: { id: string } }>, page = "/runs/"): Promise<void> {
    const said = JSON.stringify(asked);
    if (said !== last.said) last = { said, key: randomKey() };
    asking.value = true;
    refused.value = null;
    try {
      const { data } = await post({ "Idempotency-Key": last.key });
      void queries.invalidateQueries();
      await router.push(page + data.id);
    } catch (error) {
      refused.value = problemOf(error);
    } finally {
      asking.value = false;
    }
  }
  const submit = (task: NewTask) => ask(task, (headers) => submitTask({ body: task, headers }));
  /** The same model and data as another run, else as given. */
  const again = (from: string, changes: Changes) => ask([from, changes], (headers) => retryTask({ path: { task_id: from }, body: changes, headers }));
  /** Many runs at once; their page is the sweep's. */
  const sweep = (asked: NewSweep) => ask(asked, (headers) => submitSweep({ body: asked, headers }), "/sweeps/");
  return { asking, refused, submit, again, sweep };
}

/** `crypto.randomUUID` is not there on pages that came by plain http. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
