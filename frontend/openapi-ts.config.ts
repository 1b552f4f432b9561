import { defineConfig } from "@hey-api/openapi-ts";

export default defineConfig({
  input: "openapi.json",
  output: { path: "src/api/generated", clean: true },
  logs: { level: "warn" },
  plugins: [
    { name: "@hey-api/client-fetch", throwOnError: true, runtimeConfigPath: "../configure" },
    "@hey-api/typescript",
    "@hey-api/sdk",
    { name: "@tanstack/vue-query", infiniteQueryOptions: false },
  ],
});
