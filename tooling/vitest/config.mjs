// One Vitest configuration for every package: workspace packages are read from their sources.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Set up in Node and in pages. */
export const everywhere = [here("./allclose.ts")];

/** Set up in Node alone. */
export const inNode = [here("./properties.ts")];

const conditions = ["@deepgrain/source", "module", "node", "development|production"];

export const config = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    reporters: ["default", "json"],
    outputFile: { json: ".vitest/results.json" },
    setupFiles: [...everywhere, ...inNode],
    // Generous: a busy machine must not fail a test. Speed is measured in bench/.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
