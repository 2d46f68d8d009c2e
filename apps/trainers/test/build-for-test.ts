import { mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Options } from "tsup";

type PluginBuild = Parameters<NonNullable<Options["esbuildPlugins"]>[number]["setup"]>[0];

const app = fileURLToPath(new URL("..", import.meta.url));
const lab = join(app, "../../packages/lab");
const coder = join(app, "../../packages/coder");

/** Copies the workers that the sandboxes of `@deepgrain/coder` start beside the code that starts them. */
export const sandboxEntries = {
  worker: join(coder, "src/sandbox/worker/worker.ts"),
  child: join(coder, "src/python/child/child.ts"),
};

/** The studies that tests run in worker threads. */
const studies = Object.fromEntries(
  ["deepseek-moe", "esft", "renode", "redgrape"].map((paper) => [
    `study-${paper}`,
    join(app, "../studies", paper, "study.ts"),
  ]),
);

/** Piscina starts a file of its own, so that it cannot be bundled, and only the lab has it. */
const findPiscina = {
  name: "find-piscina",
  setup(bundler: PluginBuild) {
    const common = createRequire(join(lab, "package.json")).resolve("piscina");
    const path = join(dirname(common), "esm-wrapper.mjs");
    bundler.onResolve({ filter: /^piscina$/ }, () => ({
      path: pathToFileURL(path).href,
      external: true,
    }));
  },
};

/**
 * Bundles a program and the workspace packages from their sources into a folder inside the app, where it finds the app's
 * dependencies.
 * @param entry source files by the names of what becomes of them
 * @returns the folder
 */
export async function bundleForTest(entry: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(app, "node_modules", ".cli-for-test-"));
  await build({
    entry,
    outDir: folder,
    config: false,
    silent: true,
    format: ["esm"],
    platform: "node",
    target: "es2022",
    noExternal: [/^@deepgrain\//],
    esbuildPlugins: [findPiscina],
    esbuildOptions(options) {
      options.conditions = ["@deepgrain/source"];
    },
  });
  return folder;
}

/**
 * Bundles the command line and the workspace packages from their sources, for tests that run it as a process of its own.
 * @returns path of the program
 */
export async function buildForTest(): Promise<string> {
  const folder = await bundleForTest({
    main: join(app, "src", "main.ts"),
    "worker-thread": join(lab, "src", "workers", "worker-thread.ts"),
    ...studies,
    ...sandboxEntries,
    "fed-worker": join(app, "src", "fedlt", "simulation-worker.ts"),
    "generation-thread": join(app, "src", "serve", "generation-thread.ts"),
    "tokenizer-thread": join(app, "src", "serve", "tokenizer-thread.ts"),
  });
  return join(folder, "main.js");
}
