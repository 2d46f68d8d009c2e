import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../../packages/coder/", import.meta.url));

/** Bundles the worker of coder's sandbox from its source; what it imports from npm stays outside. @returns its address */
export async function buildWorker(): Promise<URL> {
  const file = join(folder, "node_modules/.cache/coder-test", `worker-${process.pid}.mjs`);
  mkdirSync(dirname(file), { recursive: true });
  await build({
    entryPoints: [join(folder, "src/sandbox/worker/worker.ts")],
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    conditions: ["@deepgrain/source"],
    external: ["quickjs-emscripten-core", "@jitl/quickjs-wasmfile-release-sync", "sucrase"],
  });
  return pathToFileURL(file);
}
