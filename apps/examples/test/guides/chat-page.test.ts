import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chat, loadModel, loadTokenizer, saveGguf } from "@deepgrain/lm";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { describe, expect, it } from "vitest";
import { withGuidePage } from "../support/guide-page";
import { saveTinyModel } from "../support/tiny-models";

const PATIENCE = { timeout: 240_000 };

/** Writes a GGUF file with a tokenizer. @returns what its model answers in Node */
async function writeModel(folder: string, file: string): Promise<string> {
  await saveTinyModel(folder, { texts: ["a river"], vocabSize: 258, type: "llama" });
  const model = await loadModel(folder);
  await saveGguf(file, model, await loadTokenizer(folder));
  model.dispose();
  const read = await loadModel(file, { dtype: "auto" });
  const messages = [{ role: "user", content: "Name a river in Europe." }];
  let answer = "";
  const pieces = chat(read, await loadTokenizer(file), messages, { maxNewTokens: 40 });
  for await (const { text } of pieces) answer += text;
  read.dispose();
  return answer;
}

describe.skipIf(!executablePath && !process.env.CI)("the page of the guide in Chromium", () => {
  it("answers with the GGUF file that the visitor picks, as Node does", async () => {
    const folder = mkdtempSync(join(tmpdir(), "deepgrain-chat-page-"));
    try {
      const file = join(folder, "tiny.gguf");
      const expected = await writeModel(join(folder, "model"), file);
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
