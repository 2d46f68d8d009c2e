import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const app = fileURLToPath(new URL("..", import.meta.url));

/**
 * Bundles the command line and the workspace packages from their sources, for tests that run it as a process of its own.
 * The bundle lies inside the app, so that it finds the app's dependencies.
 * @returns path of the program
 */
export async function buildForTest(): Promise<string> {
  const folder = await mkdtemp(join(app, "node_modules", ".cli-for-test-"));
  await build({
    entry: {
      main: join(app, "src", "main.ts"),
      "training-worker": join(app, "src", "experiments", "trainings", "training-worker.ts"),
    },
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
  return join(folder, "main.js");
}
