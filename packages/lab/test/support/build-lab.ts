import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Options } from "tsup";
import { onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Bundles the package from its sources into a folder that looks as if it was installed, for tests in which other threads and
 * processes import it. The programs of `test/support/programs` lie in it as `programs`.
 *
 * @returns path of the folder
 */
export async function buildLab(): Promise<string> {
  const folder = await mkdtemp(join(root, "node_modules", ".lab-for-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const manifest = await readFile(join(root, "package.json"), "utf8");
  // Without the condition under which tests read sources.
  const installed = JSON.parse(manifest, (key, value) =>
    key === "@deepgrain/source" ? undefined : value,
  );
  await writeFile(join(folder, "package.json"), JSON.stringify(installed));
  await cp(join(root, "test/support/programs"), join(folder, "programs"), { recursive: true });
  await bundle({
    entry: {
      index: join(root, "src/index.ts"),
      workers: join(root, "src/workers/workers.ts"),
      "worker-thread": join(root, "src/workers/worker-thread.ts"),
      bullmq: join(root, "src/bullmq/index.ts"),
    },
    outDir: join(folder, "dist"),
    noExternal: [/^@deepgrain\/support/],
  });
  return folder;
}

/** Builds for Node, silently. */
export const bundle = (options: Options): Promise<void> =>
  build({
    config: false,
    silent: true,
    format: ["esm"],
    platform: "node",
    target: "es2022",
    esbuildOptions(own) {
      own.conditions = ["@deepgrain/source"];
    },
    ...options,
  });
