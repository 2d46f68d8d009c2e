// One Vitest configuration for every package: workspace packages are read from their sources.
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";
import { chromium, softwareWebGl } from "./chromium.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Set up in Node and in pages. */
export const everywhere = [here("./allclose.ts")];

/** Set up in Node alone. */
export const inNode = [here("./properties.ts"), here("./two-threads.ts")];

/** Tests of servers, killed processes and trainings: `npm run test:slow`. */
export const slowTests = ["test/slow/**/*.test.ts"];

const conditions = ["@deepgrain/source", "module", "node", "development|production"];

/** The settings of all tests; `config` and `slow.config.mjs` say which tests there are. */
export const base = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ["default", "json"],
    setupFiles: [...everywhere, ...inNode],
    provide: { chromium, softwareWebGl },
    // Generous: a busy machine must not fail a test. Speed is measured in bench/.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    maxWorkers: 2,
  },
});

/** The tests of a package: all but the slow ones. Files share a process, which loads the engine once. */
export const config = {
  ...base,
  test: {
    ...base.test,
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...slowTests],
    outputFile: { json: ".vitest/results.json" },
    isolate: false,
  },
};

/** Two projects: files that share a process, and `isolated` ones that get a process each. */
export const nodeProjects = (isolated, exclude = []) => [
  {
    extends: true,
    test: {
      name: "shared",
      include: config.test.include,
      exclude: [...config.test.exclude, ...exclude, ...isolated],
    },
  },
  {
    extends: true,
    test: { name: "isolated", include: isolated, exclude, isolate: true },
  },
];

/**
 * The configuration of a package some of whose files need a process of their own: they replace backends or modules, end
 * threads, count memory, or change the process.
 *
 * @param {readonly string[]} isolated patterns of these files
 */
export const configWithIsolated = (isolated) => ({
  ...config,
  test: { ...config.test, include: [], projects: nodeProjects(isolated) },
});
