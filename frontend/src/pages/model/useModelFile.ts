import { onScopeDispose } from "vue";
import { getModelFile } from "@/api/generated";

/** A model's file, asked for once, when it is first wanted. */
export function useModelFile(id: () => string): () => Promise<Blob> {
  const stop = new AbortController();
  onScopeDispose(() => stop.abort());
  let [of, asked]: [string, Promise<Blob> | null] = ["", null];
  return () => {
    if (of !== id()) [of, asked] = [id(), null];
    return (asked ??= getModelFile({ path: { model_id: of }, parseAs: "blob", signal: stop.signal }).then(({ data }) => data));
  };
}
