import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Where `npm run dev` finds a running installation. */
const installation = process.env.HONGYAN_ENDPOINT ?? "http://127.0.0.1:8080";

/** Packs what is built once, here: the server sends `x.js.gz` to browsers that take it. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          if (/\.(js|css|svg)$/.test(fileName)) {
            const source = file.type === "chunk" ? file.code : file.source;
            this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: gzipSync(source, { level: 9 }) });
          }
        }
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), packed()],
  resolve: { alias: { "@": here("src") } },
  server: { proxy: { "/console/api": installation } },
  // Machines that build and test at once are slow to draw.
  test: { testTimeout: 30_000 },
  build: {
    outDir: here("../src/hongyan/run/console_dist"),
    emptyOutDir: true,
    // A test follows its static imports: what a browser must fetch before the first page shows has a cap.
    manifest: "assets/manifest.json",
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What changes only with its version, and every page needs: browsers keep it. The component library is
          // split by what pages use of it.
          groups: [{ name: "libraries", test: /node_modules\/(react|react-dom|react-router|scheduler|@tanstack|i18next|react-i18next|openapi-fetch)\// }],
        },
      },
    },
  },
});
