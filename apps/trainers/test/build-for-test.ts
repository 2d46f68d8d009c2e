import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const app = fileURLToPath(new URL("..", import.meta.url));

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
    "study-deepseek-moe": join(app, "src", "papers", "deepseek-moe", "study.ts"),
    "worker-thread": join(app, "../../packages/lab/src/workers/worker-thread.ts"),
    "study-esft": join(app, "src", "papers", "esft", "study.ts"),
  });
  return join(folder, "main.js");
}
