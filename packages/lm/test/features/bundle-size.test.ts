import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const ENTRY = "main.js";
const resolveDir = fileURLToPath(new URL("../../", import.meta.url));
const engine = fileURLToPath(new URL("../../../tensor-gpu/src/browser.ts", import.meta.url));

/** Files that are loaded before the first result: the entry and what it imports, but nothing that it imports later. */
function loadedFirst({ outputs }: Metafile): Set<string> {
  const found = new Set<string>();
  const add = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind, external } of outputs[path]!.imports)
      if (!external && kind !== "dynamic-import") add(next);
  };
  add(Object.keys(outputs).find((path) => outputs[path]!.entryPoint?.endsWith(ENTRY))!);
  return new Set([...found].map((path) => basename(path)));
}

/** Bundles a module for browsers from sources; the packed size of what it loads first, and the names of its inputs. */
async function bundled(code: string): Promise<{ bytes: number; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir, sourcefile: ENTRY },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    conditions: ["@deepgrain/source"],
    alias: { "@deepgrain/tensor-gpu": engine },
    define: { DEEPGRAIN_VERSION: '"0.0.0"' },
    external: ["gpu.js", "koffi"],
    loader: { ".wasm": "binary" },
    outdir: resolveDir,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const first = loadedFirst(metafile);
  const files = outputFiles.filter(({ path }) => first.has(basename(path)));
  const bytes = files.reduce(
    (sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length,
    0,
  );
  const inputs = Object.entries(metafile.outputs)
    .filter(([path]) => first.has(basename(path)))
    .flatMap(([, output]) => Object.keys(output.inputs));
  return { bytes, inputs };
}

describe("a bundle for browsers", () => {
  it("loads at most 192 kB of gzip for loading a model and generating, the engine included", async () => {
    const { bytes, inputs } = await bundled(
      `import { complete, generate, loadModel, loadTokenizer } from "@deepgrain/lm";
       console.log(complete, generate, loadModel, loadTokenizer);`,
    );
    expect(bytes).toBeLessThanOrEqual(192_000);
    for (const later of [
      "jinja",
      "re2js",
      "gguf-config",
      "hub-folder",
      "all-backends",
      "/encoder/",
    ])
      expect(inputs.filter((path) => path.includes(later))).toEqual([]);
  });

  it("of any entry is made by esbuild without settings, all optional peers installed", async () => {
    const names = Object.keys(manifest.exports).filter((entry) => entry !== "./package.json");
    const imports = names.map(
      (entry, i) => `export * as e${i} from "@deepgrain/lm${entry.slice(1)}";`,
    );
    const { outputFiles } = await build({
      stdin: { contents: imports.join("\n"), resolveDir },
      bundle: true,
      format: "esm",
      conditions: ["@deepgrain/source"],
      write: false,
      logLevel: "silent",
    });
    expect(outputFiles[0]!.text.length).toBeGreaterThan(0);
  });
});
