import type { CreateClientConfig } from "./generated/client.gen";
import { credential } from "./credential";
import { sessionFetch } from "./session";

/** The generated client, told where the api is (here) and who is asking. */
export const createClientConfig: CreateClientConfig = (config) => ({
  ...config,
  baseUrl: "",
  fetch: sessionFetch,
  auth: () => credential.value ?? undefined,
  querySerializer: { array: { explode: true, style: "form" } },
});
