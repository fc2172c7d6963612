import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Where `npm run dev` finds a running installation. */
const installation = process.env.HONGYAN_ENDPOINT ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": here("src") } },
  server: { proxy: { "/console/api": installation } },
  // Machines that build and test at once are slow to draw.
  test: { testTimeout: 30_000 },
  build: {
    outDir: here("../src/hongyan/run/console_dist"),
    emptyOutDir: true,
    // The component library is one chunk that changes only with its version: browsers keep it.
    chunkSizeWarningLimit: 1300,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "antd", test: /node_modules\/(antd|@ant-design|@rc-component|dayjs)\//, priority: 2 },
            { name: "libraries", test: /node_modules\//, priority: 1 },
          ],
        },
      },
    },
  },
});
