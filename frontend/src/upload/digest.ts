import type { FromWorker } from "./sha256.worker";

/** SHA-256 of a file in hexadecimal, reckoned beside the page. `read` hears how many bytes are done. */
export function digestOf(file: File, read: (bytes: number) => void, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./sha256.worker.ts", import.meta.url), { type: "module" });
    const end = (settle: () => void) => {
      worker.terminate();
      settle();
    };
    signal.addEventListener("abort", () => end(() => reject(new DOMException("stopped", "AbortError"))));
    worker.addEventListener("error", (event) => end(() => reject(new Error(event.message))));
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if ("read" in data) read(data.read);
      else if ("digest" in data) end(() => resolve(data.digest));
      else end(() => reject(new Error(data.failed)));
    });
    worker.postMessage(file);
  });
}
