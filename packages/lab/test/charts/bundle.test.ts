import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { parseHTML } from "linkedom";
import { describe, expect, it, vi } from "vitest";
import { curves } from "../../src/charts";

const bundled = (contents: string) =>
  build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("../../", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser", // a module of Node's fails to resolve
    conditions: ["@deepgrain/source"],
    metafile: true,
    write: false,
  });

const options = {
  label: "Loss",
  x: { label: "step" },
  y: { label: "loss" },
  series: [
    {
      name: "a",
      points: [
        { x: 0, y: 2 },
        { x: 1, y: 1 },
      ],
    },
  ],
};

describe("charts in a page", () => {
  it("hold at most 100 kB of gzip for curves, and neither Node's modules nor linkedom", async () => {
    const code = 'import { curves } from "@deepgrain/lab/charts"; globalThis.draw = curves;';
    const { outputFiles, metafile } = await bundled(code);
    expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThanOrEqual(100_000);
    expect(Object.keys(metafile.inputs).filter((path) => path.includes("linkedom"))).toEqual([]);
  });

  it("hold nothing where no chart is drawn", async () => {
    const { outputFiles } = await bundled('import "@deepgrain/lab/charts";');
    expect(outputFiles[0]!.text.length).toBeLessThan(20);
  });

  it("are drawn with the caller's document, equal to those of Node", () => {
    const { document } = parseHTML("<!doctype html><html><body></body></html>");
    const made = vi.spyOn(document, "createElementNS");
    expect(curves({ ...options, document }).text).toBe(curves(options).text);
    expect(made).toHaveBeenCalled();
  });
});
