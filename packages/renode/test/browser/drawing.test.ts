import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import Graph from "graphology";
import karateClub from "graphology-generators/social/karate-club.js";
import { describe, expect, it } from "vitest";
import { renodeWeights } from "../../src";
import { conflictDrawing, drawingPage } from "../../src/draw";
import { scaleColour } from "../../src/draw/mount-drawing";
import { hasChromium, PATIENCE_MS, withPage } from "./support";

const require = createRequire(import.meta.url);
/** A file beside the one that `require` finds. */
const beside = (main: string, file: string) => readFileSync(join(dirname(main), file), "utf8");
const scripts = [
  beside(require.resolve("graphology"), "graphology.umd.min.js"),
  beside(require.resolve("sigma"), "sigma.min.js"),
];

describe.skipIf(!hasChromium)("the drawn page in Chromium", { timeout: PATIENCE_MS }, () => {
  it("draws all nodes, recolours them and finds one by name", async () => {
    const graph = karateClub(Graph);
    for (const [node, label] of [
      ["0", "x"],
      ["33", "y"],
      ["8", "y"],
    ] as const)
      graph.setNodeAttribute(node, "label", label);
    const html = drawingPage(conflictDrawing(graph, renodeWeights.detailed(graph)), { scripts });
    await withPage(html, async (page) => {
      await page.waitForFunction("document.body.dataset.ready === '34'");
      expect(await page.locator("#graph canvas").count()).toBeGreaterThan(0);
      const colours = () =>
        page.evaluate(`["8", "0", "33", "1"].map((key) => graph.getNodeAttribute(key, "color"))`);
      // sigma draws colours that it cannot read, such as hsl with blanks, in black.
      expect(await colours()).toEqual([
        ...[0, 0.5, 1].map((share) => scaleColour(share, false)),
        "#b4bac4",
      ]);
      await page.selectOption("#colour", "class");
      const classes = (await colours()) as string[];
      expect(classes[0]).toBe(classes[2]); // 8 and 33 are of one class
      expect(new Set(classes).size).toBe(3);
      expect(await page.textContent("#legend")).toBe("xy");
      await page.selectOption("#colour", "weight");
      await page.waitForFunction("document.body.dataset.colour === 'weight'");
      await page.fill("#search", "33");
      expect(await page.textContent("#detail")).toMatch(/^33: class y, conflict .*, weight \d/);
      await page.fill("#search", "1");
      expect(await page.textContent("#detail")).toBe("1: not labelled");
      await page.fill("#search", "nobody");
      expect(await page.textContent("#detail")).toBe("no node matches");
    });
  });
});
