import { computed, reactive } from "vue";
import { beginUpload, completeUpload, getUpload, putPart, type UploadKind, type UploadResource } from "@/api/generated";
import { problemOf, type ProblemError } from "@/api/problem";
import { digestOf } from "./digest";
import { inLanes, missingParts } from "./parts";

const LANES = 3;

export type Phase = "hashing" | "sending" | "paused" | "finishing" | "done" | "failed";

/** A file on its way. `done`: bytes hashed, then bytes that are at the server. `here`: it had been uploaded before. */
export interface UploadState {
  name: string;
  size: number;
  phase: Phase;
  done: number;
  here: boolean;
  resource: string | null;
  problem: ProblemError | null;
}

/** Uploads one file in parts; it can be paused, and resumed after a failure, from what is at the server. */
export function useUpload(kind: UploadKind, file: File) {
  const state = reactive<UploadState>({
    name: file.name, size: file.size, phase: "hashing", done: 0, here: false, resource: null, problem: null,
  });
  let stop = new AbortController();
  let upload: UploadResource | null = null;
  let sha256: string | null = null;

  async function announced(): Promise<UploadResource> {
    if (upload) return (await getUpload({ path: { upload_id: upload.id }, signal: stop.signal })).data;
    sha256 ??= await digestOf(file, (bytes) => (state.done = bytes), stop.signal);
    const body = { kind, filename: file.name, size: file.size, sha256 };
    const { data } = await beginUpload({ body, signal: stop.signal });
    state.here = data.state === "complete";
    return data;
  }

  async function send(given: UploadResource): Promise<void> {
    const missing = missingParts(file.size, given.part_size, given.parts_done);
    state.phase = "sending";
    state.done = file.size - missing.reduce((sum, part) => sum + part.to - part.from, 0);
    await inLanes(missing, LANES, async ({ number, from, to }) => {
      const path = { upload_id: given.id, number };
      await putPart({ path, body: file.slice(from, to), signal: stop.signal });
      state.done += to - from;
    });
    state.phase = "finishing";
    upload = (await completeUpload({ path: { upload_id: given.id }, signal: stop.signal })).data;
  }

  async function go(): Promise<void> {
    stop = new AbortController();
    const { signal } = stop;
    Object.assign(state, { problem: null, phase: sha256 ? "sending" : "hashing" });
    try {
      upload = await announced();
      if (upload.state !== "complete") await send(upload);
      Object.assign(state, { phase: "done", done: file.size, resource: upload.resource_id });
    } catch (error) {
      if (signal.aborted) return;
      stop.abort();
      Object.assign(state, { phase: "failed", problem: problemOf(error) });
    }
  }

  function pause(): void {
    if (!["hashing", "sending"].includes(state.phase)) return;
    stop.abort();
    state.phase = "paused";
  }

  const share = computed(() => (state.size ? state.done / state.size : 0));
  return { file, state, share, go, pause, drop: () => stop.abort() };
}

export type Upload = ReturnType<typeof useUpload>;
