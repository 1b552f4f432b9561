import { ref, shallowRef } from "vue";
import type { TaskResource } from "@/api/generated";
import { download } from "@/api/download";
import { problemOf, type ProblemError } from "@/api/problem";

/** The forms in which a profile can be taken away, and what their files end in. */
export const EXPORTS = { csv: "csv", json: "json", "chrome-trace": "trace.json", raw: "raw.json", reproduce: "reproduce.zip" } as const;
export type Export = keyof typeof EXPORTS;

export function useDownload(run: TaskResource) {
  const busy = ref<string | null>(null);
  const refused = shallowRef<ProblemError | null>(null);
  const base = `/api/v1/tasks/${run.id}`;

  async function fetchFile(key: string, path: string, filename: string): Promise<void> {
    [busy.value, refused.value] = [key, null];
    try {
      await download(path, filename);
    } catch (error) {
      refused.value = problemOf(error);
    } finally {
      busy.value = null;
    }
  }
  const stem = (run.name ?? run.model.name ?? run.id).replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80);
  return {
    busy,
    refused,
    save: (format: Export) => fetchFile(format, `${base}/export/${format}`, `${stem}.${EXPORTS[format]}`),
    saveArtifact: (name: string, attempt: number) =>
      fetchFile(name, `${base}/artifacts/${encodeURIComponent(name)}?attempt=${attempt}`, name),
  };
}
