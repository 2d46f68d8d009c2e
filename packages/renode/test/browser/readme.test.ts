import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { hasChromium, PATIENCE_MS, withPage } from "./support";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The README's block of code that has this text. */
function blockWith(part: string): string {
  const text = readFileSync(`${root}/README.md`, "utf8");
  const blocks = [...text.matchAll(/^```[jt]s(?: browser)?\n([\s\S]*?)^```$/gm)];
  return blocks.map(([, code]) => code!).find((code) => code.includes(part))!;
}

/** Code as a script of a page. */
async function bundled(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["@deepgrain/source"],
    logLevel: "error",
  });
  return outputFiles[0]!.text.replaceAll("</script", "<\\/script");
}

describe.skipIf(!hasChromium)("the README's example for a page", { timeout: PATIENCE_MS }, () => {
  it("draws the club of the first example in Chromium", async () => {
    const code = [blockWith("const club ="), blockWith("drawConflicts(")].join("\n");
    const script = await bundled(`${code}\ndocument.body.dataset.drawn = "yes";`);
    const body = `<body style="height: 600px"><script type="module">${script}</script></body>`;
    const page = `<!doctype html><meta charset="utf-8">${body}`;
    await withPage(page, async (open) => {
      await open.waitForFunction("document.body.dataset.drawn === 'yes'");
      expect(await open.locator("canvas").count()).toBeGreaterThan(0);
    });
  });
});
