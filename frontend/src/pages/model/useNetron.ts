import { onScopeDispose, type Ref, shallowRef } from "vue";
import type { ModelDetail } from "@/api/generated";
import { problemOf, type ProblemError } from "@/api/problem";
import type { ModelFile } from "./useModelFile";

const LOOKED_EVERY_MS = 60;
const PATIENCE_MS = 60_000;

export type Drawing = "drawing" | "drawn" | "undrawable";

/**
 * Hands a model to Netron as if somebody had dropped the file on it: so its page needs no address of the file, and no key.
 * Netron's states are classes of its body: `welcome spinner` while it works, `welcome` while it waits, `default` with a graph,
 * `alert` or `notification` with a message.
 */
export function useNetron(frame: Readonly<Ref<HTMLIFrameElement | null>>, model: () => ModelDetail, file: () => Promise<ModelFile>) {
  const phase = shallowRef<Drawing>("drawing");
  const problem = shallowRef<ProblemError | null>(null);
  const values = shallowRef(true);
  const stop = new AbortController();
  onScopeDispose(() => stop.abort());

  const body = () => frame.value?.contentDocument?.body ?? null;
  const states = () => body()?.className.split(" ") ?? [];

  async function until(reached: (states: string[]) => boolean): Promise<boolean> {
    for (let waited = 0; waited < PATIENCE_MS && !stop.signal.aborted; waited += LOOKED_EVERY_MS) {
      if (reached(states())) return true;
      await new Promise((resolve) => setTimeout(resolve, LOOKED_EVERY_MS));
    }
    return false;
  }
  function drop(file: File): void {
    const inside = frame.value?.contentWindow as (Window & typeof globalThis) | null;
    const data = new DataTransfer();
    data.items.add(file);
    if (inside) body()?.dispatchEvent(new inside.DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }
  async function loaded(): Promise<void> {
    phase.value = "drawing";
    try {
      await until((now) => now.includes("welcome") && !now.includes("spinner"));
      const shown = await file();
      values.value = shown.values;
      drop(new File([shown.content], fileName(model().name)));
      await until((now) => now.includes("spinner"));
      await until((now) => !now.includes("spinner"));
      phase.value = states().includes("default") ? "drawn" : "undrawable";
    } catch (error) {
      if (!stop.signal.aborted) problem.value = problemOf(error);
    }
  }
  return { phase, problem, values, loaded };
}

/** Netron looks at the ending before it looks at the bytes. */
export function fileName(name: string): string {
  return name.toLowerCase().endsWith(".mge") ? name : `${name}.mge`;
}
