import type { CreateClientConfig } from "./generated/client.gen";
import { sessionFetch } from "./session";

/** The generated client, told where the api is (here); the session's cookies tell it who is asking. */
export const createClientConfig: CreateClientConfig = (config) => ({
  ...config,
  baseUrl: "",
  fetch: sessionFetch,
  querySerializer: { array: { explode: true, style: "form" } },
});
