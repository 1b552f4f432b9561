import { onScopeDispose } from "vue";
import { getModelFile } from "@/api/generated";
import { problemOf } from "@/api/problem";

/** What is drawn. `values`: whether it holds what the tensors hold, which can be a thousand times as much. */
export interface ModelFile {
  content: Blob;
  values: boolean;
}

export type AskFile = (values: boolean) => Promise<ModelFile>;

/** A model's file, asked for once, when it is first wanted; all of it also where no inspection has left it without values. */
export function useModelFile(id: () => string): AskFile {
  const stop = new AbortController();
  onScopeDispose(() => stop.abort());
  let of = "";
  const asked = new Map<boolean, Promise<ModelFile>>();

  const fetched = (values: boolean): Promise<ModelFile> =>
    getModelFile({ path: { model_id: of }, query: { values }, parseAs: "blob", signal: stop.signal }).then(({ data }) => ({ content: data, values }));
  const bare = (): Promise<ModelFile> =>
    fetched(false).catch((error: unknown) => {
      if (problemOf(error).code !== "inspection_not_ready") throw error;
      return file(true);
    });
  function file(values: boolean): Promise<ModelFile> {
    if (of !== id()) {
      of = id();
      asked.clear();
    }
    const known = asked.get(values) ?? (values ? fetched(true) : bare());
    asked.set(values, known);
    return known;
  }
  return file;
}
