import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** `crypto.subtle` wants a file whole in memory, and a page that came by https. */
const CHUNK = 4 * 2 ** 20;

export type FromWorker = { read: number } | { digest: string } | { failed: string };

async function digest(file: File): Promise<void> {
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += CHUNK) {
    hash.update(new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer()));
    tell({ read: Math.min(at + CHUNK, file.size) });
  }
  tell({ digest: bytesToHex(hash.digest()) });
}

function tell(message: FromWorker): void {
  postMessage(message);
}

addEventListener("message", (event: MessageEvent<File>) => {
  digest(event.data).catch((error: unknown) => tell({ failed: String(error) }));
});
