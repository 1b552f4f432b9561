import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import elementPlus from "unplugin-element-plus/vite";
import { defineConfig } from "vitest/config";
import { precompress } from "./build/precompress.ts";

// Where `npm run dev` finds the api: `mgeprof up` prints its address.
const api = process.env.MGEPROF_API_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [vue(), elementPlus({}), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: "true",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_I18N_FULL_INSTALL__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    manifest: true,
    // Left alone, what pages share falls into some fifty small files, and asking for each takes longer than reading it.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // All that stands before the first page, and nothing else.
            { name: "first", tags: ["$initial"], priority: 2 },
            { name: "parts", test: /node_modules\/(element-plus|@element-plus|@floating-ui|lodash)|src\/(design|api)\//, minShareCount: 8, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": api } },
  test: {
    environment: "happy-dom",
    // One document for the files of a worker: to make one for each took four fifths of the time.
    isolate: false,
    include: ["src/**/*.test.ts"],
    server: { deps: { inline: ["element-plus"] } },
  },
});
