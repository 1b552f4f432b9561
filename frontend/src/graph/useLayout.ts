import { onScopeDispose, type Ref, shallowRef, watch } from "vue";
import type { Graph } from "./graph";
import type { Layout } from "./layout";

/** Where everything of a graph stands, reckoned beside the page. Null until it is known. `graph` is the one that it belongs to. */
export function useLayout(graph: Ref<Graph>) {
  const drawn = shallowRef<{ graph: Graph; layout: Layout } | null>(null);
  const failed = shallowRef<Error | null>(null);
  let worker: Worker | undefined;

  watch(
    graph,
    (wanted) => {
      worker?.terminate();
      failed.value = null;
      worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
      worker.addEventListener("error", (event) => (failed.value = new Error(event.message)));
      worker.addEventListener("message", ({ data }: MessageEvent<Layout>) => {
        drawn.value = { graph: wanted, layout: data };
        worker?.terminate();
      });
      worker.postMessage({ count: wanted.nodes.length, edges: wanted.edges });
    },
    { immediate: true },
  );
  onScopeDispose(() => worker?.terminate());
  return { drawn, failed };
}
