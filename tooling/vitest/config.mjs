// One Vitest configuration for every package: workspace packages are read from their sources.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["@deepgrain/source", "module", "node", "development|production"];

export const config = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    reporters: ["default", "json"],
    outputFile: { json: ".vitest/results.json" },
    setupFiles: [fileURLToPath(new URL("./allclose.ts", import.meta.url))],
    // Generous: a busy machine must not fail a test. Speed is measured in bench/.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
