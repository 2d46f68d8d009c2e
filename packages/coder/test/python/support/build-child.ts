import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../../../", import.meta.url));

/** Bundles the child process from its source; what it imports from npm stays outside. @returns its address */
export async function buildChild(): Promise<URL> {
  const file = join(folder, "node_modules/.cache/coder-test", `child-${process.pid}.mjs`);
  mkdirSync(dirname(file), { recursive: true });
  await build({
    entryPoints: [join(folder, "src/python/child/child.ts")],
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    conditions: ["@deepgrain/source"],
  });
  return pathToFileURL(file);
}
