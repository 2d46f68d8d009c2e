import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

/** The modules that a program for this platform holds. */
async function modulesOf(contents: string, platform: "node" | "browser"): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("../../", import.meta.url)) },
    bundle: true,
    format: "esm",
    platform,
    conditions: ["@deepgrain/source"],
    metafile: true,
    write: false,
  });
  return Object.keys(metafile.inputs);
}

describe("Observable Plot", () => {
  it("is no part of what Node loads with the package, but of what a page does with its charts", async () => {
    const isPlots = (path: string) => path.includes("@observablehq/plot");
    const inNode = await modulesOf('export * from "@deepgrain/lab";', "node");
    expect(inNode.some((path) => path.includes("charts/curves"))).toBe(true);
    expect(inNode.filter(isPlots)).toEqual([]);
    const inPage = await modulesOf('export * from "@deepgrain/lab/charts";', "browser");
    expect(inPage.some(isPlots)).toBe(true);
  });
});
