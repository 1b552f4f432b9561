import type { Client } from "./generated/client";

const SEQUENCE = "Mgeprof-Sequence";

/** Every read sees what this page has commanded: the last command's place in the log goes with it, and the api waits for it a moment. */
export function readOwnWrites(client: Pick<Client, "interceptors">): void {
  let last = 0;
  client.interceptors.response.use((response, request) => {
    if (request.method !== "GET") last = Math.max(last, Number(response.headers.get(SEQUENCE)) || 0);
    return response;
  });
  client.interceptors.request.use((request) => {
    if (request.method === "GET" && last > 0) request.headers.set(SEQUENCE, String(last));
    return request;
  });
}
