import { mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../../../", import.meta.url));

/** Bundles a module of this package; what it imports from npm stays outside. @returns its address */
export async function buildModule(path: string): Promise<URL> {
  const name = basename(path, ".ts");
  const file = join(folder, "node_modules/.cache/coder-test", `${name}-${process.pid}.mjs`);
  mkdirSync(dirname(file), { recursive: true });
  await build({
    entryPoints: [join(folder, path)],
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    conditions: ["@deepgrain/source"],
    external: ["pyodide"],
  });
  return pathToFileURL(file);
}

/** Bundles the child process from its source. @returns its address */
export const buildChild = (): Promise<URL> => buildModule("src/python/child/child.ts");
