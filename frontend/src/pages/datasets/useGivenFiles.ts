import { computed, shallowReactive } from "vue";
import { type Upload, useUpload } from "@/upload/useUpload";

export interface GivenFile {
  upload: Upload;
  /** The input that it is for. */
  input: string;
}

/** Files for a dataset, each for the input that it is named after until somebody says otherwise. */
export function useGivenFiles() {
  const files = shallowReactive<GivenFile[]>([]);

  function take(given: readonly File[]): void {
    for (const file of given) {
      const upload = useUpload("input", file);
      files.push({ upload, input: file.name.replace(/\.[^.]*$/, "") });
      void upload.go();
    }
  }
  function rename(at: number, input: string): void {
    const file = files[at];
    if (file) files[at] = { ...file, input };
  }
  function remove(at: number): void {
    for (const file of files.splice(at, 1)) file.upload.drop();
  }
  const ready = computed(() => files.length > 0 && files.every((one) => one.upload.state.phase === "done" && one.input.trim() !== ""));
  const twice = computed(() => new Set(files.map((one) => one.input.trim())).size < files.length);
  const inputs = () => Object.fromEntries(files.map((one) => [one.input.trim(), one.upload.state.resource ?? ""]));
  return { files, ready, twice, take, rename, remove, inputs };
}
