import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { describe, expect, it } from "vitest";
import { answerOf, saveTinyGguf } from "../support/gguf-model";
import { withGuidePage } from "../support/guide-page";

const PATIENCE = { timeout: 240_000 };

describe.skipIf(!executablePath && !process.env.CI)("the page of the guide in Chromium", () => {
  it("answers with the GGUF file that the visitor picks, as Node does", async () => {
    const folder = mkdtempSync(join(tmpdir(), "deepgrain-chat-page-"));
    try {
      const file = join(folder, "tiny.gguf");
      await saveTinyGguf(join(folder, "model"), file);
      const question = { role: "user", content: "Name a river in Europe." };
      const expected = await answerOf(file, [question], { maxNewTokens: 40 });
      expect(expected.length).toBeGreaterThan(0);
      await withGuidePage("load-and-chat", "@deepgrain/lm", async (page) => {
        await page.setInputFiles("input", file);
        await page.locator("pre[data-done]").waitFor(PATIENCE);
        expect(await page.textContent("pre")).toBe(expected);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
