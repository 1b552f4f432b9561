import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Plugin, ResolvedConfig } from "vite";

const TEXT = /\.(js|css|html|svg|json)$/;
/** Smaller files gain nothing that a request's headers do not cost. */
const LEAST = 1024;

/** Writes `x.br` and `x.gz` beside every text file of the build; the api sends what the browser takes. */
export function precompress(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "mgeprof:precompress",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    closeBundle() {
      const root = join(config.root, config.build.outDir);
      for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
        if (!TEXT.test(name)) continue;
        const bytes = readFileSync(join(root, name));
        if (bytes.length < LEAST) continue;
        writeFileSync(join(root, `${name}.br`), brotliCompressSync(bytes));
        writeFileSync(join(root, `${name}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
