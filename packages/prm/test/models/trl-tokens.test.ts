import { readFileSync } from "node:fs";
import { createTokenizer } from "@deepgrain/lm";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { tokenClassificationLoss } from "../../src/models/token-classification-loss";
import { trlTokens } from "../../src/models/trl-tokens";

describe.skipIf(sharedIsMissing)("TRL's golden values", () => {
  const { prm } = JSON.parse(
    sharedIsMissing ? "{}" : readFileSync(shared("golden/rl.json"), "utf8"),
  );
  const folder = "data/models/tiny-random-gpt2";

  it("tokens and labels of every row are the same", async () => {
    const json = JSON.parse(readFileSync(shared(`${folder}/tokenizer.json`), "utf8"));
    const tokenizer = await createTokenizer({ tokenizer: json });
    const encode = (text: string) => tokenizer.encode(text, { addSpecialTokens: false });
    for (const row of prm.rows) {
      const made = trlTokens(row, {
        encode,
        bosTokenId: row.bos_token_id,
        separator: row.step_separator,
        maxLength: row.max_length,
        maxCompletionLength: row.max_completion_length,
        trainOnLastStepOnly: row.train_on_last_step_only,
      });
      expect(made).toEqual({ inputIds: row.input_ids, labels: row.token_labels });
    }
    expect(prm.rows).toHaveLength(5);
  });

  it("loss, gradient and accuracy agree within 1e-6", () => {
    for (const { logits, labels, loss, grad_logits, accuracy } of prm.token_classification) {
      const made = tokenClassificationLoss(logits.data, labels.flat());
      expect(made.loss).toBeCloseTo(loss, 7);
      expect(made.accuracy).toBeCloseTo(accuracy, 7);
      expect(made.gradient).toBeAllclose(grad_logits.data, { rtol: 1e-6, atol: 1e-9 });
    }
  });
});

describe("trlTokens", () => {
  const encode = (text: string) => [...text].map((character) => character.charCodeAt(0));
  const row = { prompt: "pq", completions: ["a", ""], labels: [true, 0.5] };

  it("puts labels on separators, empty steps included, and keeps soft ones", () => {
    expect(trlTokens(row, { encode, bosTokenId: 1 })).toEqual({
      inputIds: [1, 112, 113, 97, 10, 10],
      labels: [-100, -100, -100, -100, 1, 0.5],
    });
  });

  it("cuts prompts from the left", () => {
    const { inputIds } = trlTokens(row, { encode, bosTokenId: 1, maxPromptLength: 1 });
    expect(inputIds).toEqual([113, 97, 10, 10]);
    expect(trlTokens(row, { encode, bosTokenId: null, maxPromptLength: 0 }).inputIds).toEqual([
      97, 10, 10,
    ]);
  });

  it("refuses a separator without tokens", () => {
    expect(() => trlTokens(row, { encode, bosTokenId: 1, separator: "" })).toThrow(/has no tokens/);
  });
});

describe("tokenClassificationLoss", () => {
  it("is ln 2 for equal logits, and finite for huge ones", () => {
    expect(tokenClassificationLoss([0, 0], [1]).loss).toBeCloseTo(Math.LN2, 12);
    expect(tokenClassificationLoss([1e4, -1e4], [1]).loss).toBe(2e4);
  });

  it("refuses sizes and labels that do not fit", () => {
    expect(() => tokenClassificationLoss([0], [1])).toThrow(/need 2 logits, got 1/);
    expect(() => tokenClassificationLoss([0, 0], [2])).toThrow(/label 0 must be 0, 1 or -100/);
    expect(() => tokenClassificationLoss([0, 0], [-100])).toThrow(/no labels/);
  });
});
