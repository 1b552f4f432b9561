import { useQuery } from "@tanstack/vue-query";
import { computed, ref, shallowRef } from "vue";
import { getExample } from "@/api/generated";
import { listExamplesOptions } from "@/api/generated/@tanstack/vue-query.gen";
import { problemOf, type ProblemError } from "@/api/problem";

/** An example that the server has: its files are fetched, and then go the way of all files. */
export function useExample(give: (model: File, data: File[]) => unknown) {
  const { data } = useQuery(listExamplesOptions());
  const example = computed(() => data.value?.items[0] ?? null);
  const fetching = ref(false);
  const problem = shallowRef<ProblemError | null>(null);

  async function file(name: string): Promise<File> {
    const { data: bytes } = await getExample({ path: { name }, parseAs: "blob" });
    return new File([bytes], name);
  }
  async function use(): Promise<void> {
    if (!example.value) return;
    fetching.value = true;
    problem.value = null;
    try {
      const [model, ...inputs] = await Promise.all([example.value.model, ...example.value.inputs].map(file));
      if (model) await give(model, inputs);
    } catch (error) {
      problem.value = problemOf(error);
    } finally {
      fetching.value = false;
    }
  }
  return { example, fetching, problem, use };
}
