import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPackage } from "../browser/support/build-sites";

const ENTRY = "main.js";

/** Files that are loaded before the first result: the entry and what it imports, but nothing that it imports later. */
function loadedFirst({ outputs }: Metafile): Set<string> {
  const found = new Set<string>();
  const add = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind, external } of outputs[path]!.imports)
      if (!external && kind !== "dynamic-import") add(next);
  };
  const entry = Object.keys(outputs).find((path) => outputs[path]!.entryPoint?.endsWith(ENTRY));
  add(entry!);
  return new Set([...found].map((path) => basename(path)));
}

describe("a bundle for browsers", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tensor-gpu-size-"));
    installPackage(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The files that code makes, by name. */
  async function bundled(code: string) {
    const { outputFiles, metafile } = await build({
      stdin: { contents: code, resolveDir: folder, sourcefile: ENTRY },
      bundle: true,
      minify: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      outdir: folder,
      write: false,
      metafile: true,
      external: ["gpu.js", "koffi"],
    });
    const first = loadedFirst(metafile);
    return outputFiles.filter(({ path }) => first.has(basename(path)));
  }
  const packedBytes = (files: { contents: Uint8Array }[]) =>
    files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);

  it("loads at most 71.2 kB for a linear layer, WebAssembly included", async () => {
    const files = await bundled(
      `import { nn, randn } from "@deepgrain/tensor-gpu";
       console.log(new nn.Linear(8, 1).forward(randn([2, 8])).toString());`,
    );
    expect(packedBytes(files)).toBeLessThanOrEqual(71_200);
  });

  it("loads at most 54 kB for tensors without layers, all methods included", async () => {
    const files = await bundled(
      `import { tensor } from "@deepgrain/tensor-gpu";
       console.log(tensor([1, 2]).add(1).softmax().toString());`,
    );
    expect(packedBytes(files)).toBeLessThanOrEqual(54_000);
  });

  it("holds no backend, operator or kernel that it does not name", async () => {
    const files = await bundled(
      `import { tensor } from "@deepgrain/tensor-gpu"; console.log(tensor([1]).neg());`,
    );
    const text = files.map((file) => file.text).join("");
    for (const foreign of [
      "cblas_sgemm",
      "maxPool2d",
      "crossEntropy",
      "attention",
      "AdamW",
      "safetensors",
    ])
      expect([foreign, text.includes(foreign)]).toEqual([foreign, false]);
    expect(text.includes("logSoftmax")).toBe(true); // a method
  });
});
