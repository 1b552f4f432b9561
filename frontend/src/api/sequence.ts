import type { Client } from "./generated/client";

export const SEQUENCE = "Mgeprof-Sequence";
let known = 0;

/** An event of this place in the log is known here: no read may show less. */
export function know(sequence: number): void {
  known = Math.max(known, sequence || 0);
}

/** Every read sees what this page has commanded or was told: the place in the log goes with it, and the api waits for it a moment. */
export function readOwnWrites(client: Pick<Client, "interceptors">): void {
  client.interceptors.response.use((response, request) => {
    if (request.method !== "GET") know(Number(response.headers.get(SEQUENCE)));
    return response;
  });
  client.interceptors.request.use((request) => {
    if (request.method === "GET" && known > 0) request.headers.set(SEQUENCE, String(known));
    return request;
  });
}
