import { readFileSync } from "node:fs";
import { type EncoderBatch, loadEncoder } from "@deepgrain/lm";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { diagonalFisher } from "../../src/fisher";
import { rowLossesOf } from "../support/encoders";

interface Golden {
  input_ids: number[][];
  attention_mask: number[][];
  token_type_ids: number[][];
  labels: number[] | number[][];
  zero_gradient_tensors: string[];
  fisher_sums: Record<string, number>;
  fisher: Record<string, { data: number[] }>;
}

const names = ["bert-seqcls", "roberta-seqcls", "bert-mlm", "roberta-mlm"];

describe.skipIf(sharedIsMissing)("diagonalFisher", () => {
  it.each(names)("has the sums and entries that PyTorch computed of %s", async (name) => {
    const folder = shared(`golden/encoders/${name}`);
    const golden: Golden = JSON.parse(readFileSync(`${folder}/golden.json`, "utf8"));
    const batch: EncoderBatch = {
      ids: golden.input_ids.flat(),
      batch: golden.input_ids.length,
      length: golden.input_ids[0]!.length,
      attentionMask: golden.attention_mask.flat(),
      tokenTypeIds: golden.token_type_ids.flat(),
      labels: golden.labels.flat(),
    };
    const model = await loadEncoder(folder);
    const { fisher, rows, batched, looped } = await diagonalFisher(rowLossesOf(model), [batch], {
      parameters: model.namedWeights(),
    });
    expect(rows).toBe(batch.batch);
    const tied = /word_embeddings|predictions\.(bias|transform)?|lm_head/;
    expect(looped.every((weight) => name.endsWith("mlm") && tied.test(weight))).toBe(true);
    expect(batched.length).toBeGreaterThan(looped.length * 5);
    for (const [weight, sum] of Object.entries(golden.fisher_sums)) {
      const own = fisher.get(weight)!.data;
      const total = own.reduce((a, b) => a + b, 0);
      if (golden.zero_gradient_tensors.includes(weight)) expect(total).toBeLessThan(1e-8);
      else expect(Math.abs(total - sum), weight).toBeLessThanOrEqual(2e-3 * sum);
      const entries = golden.fisher[weight]?.data;
      if (!entries || golden.zero_gradient_tensors.includes(weight)) continue;
      const most = Math.max(...entries);
      for (const [i, entry] of entries.entries())
        expect(Math.abs(own[i]! - entry), `${weight} ${i}`).toBeLessThanOrEqual(2e-3 * most);
    }
  });
});
