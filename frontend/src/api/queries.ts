import { QueryClient } from "@tanstack/vue-query";
import { client } from "./generated/client.gen";
import { tellSpans } from "./generated/sdk.gen";
import { type ProblemError, problemOf } from "./problem";
import { readOwnWrites } from "./sequence";
import { tellClicks } from "./trace";

const TRANSIENT = 500;
const MOST_RETRIES = 2;

/** Waiting a moment helps when the server is out of reach or says that something behind it is. */
function worthRetrying(count: number, thrown: unknown): boolean {
  const error: ProblemError = problemOf(thrown);
  return count < MOST_RETRIES && (error.status === 0 || error.status >= TRANSIENT) && error.code !== "defect";
}

export function makeQueryClient(language: () => string): QueryClient {
  client.interceptors.error.use((error, response) => problemOf(error, response));
  client.interceptors.request.use((request) => {
    request.headers.set("Accept-Language", language());
    return request;
  });
  tellClicks(client, (spans) => tellSpans({ body: { spans }, keepalive: true }));
  readOwnWrites(client);
  return new QueryClient({
    // Shallow: nobody changes what was read, and ten thousand operators behind proxies are slow.
    defaultOptions: { queries: { retry: worthRetrying, staleTime: 5_000, throwOnError: false, shallow: true } },
  });
}
