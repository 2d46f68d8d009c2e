import { CausalLM, evaluate, IGNORED_LABEL, parseConfig } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { maskedPerplexities, tokenBatch } from "../../src/encoders";
import { causalPerplexities } from "../../src/encoders/perplexities";
import { smallEncoder } from "../support/encoders";

const gpt = new CausalLM(
  parseConfig({
    model_type: "gpt2",
    n_embd: 16,
    n_layer: 1,
    n_head: 2,
    vocab_size: 30,
    n_positions: 8,
    initializer_range: 0.4,
  }),
  { generator: new Generator(1) },
).eval();

describe("causalPerplexities", () => {
  const texts = [[3, 4, 5], [7], [8, 9, 10, 11, 12]];

  it("is the exponential of the loss of each text alone, whatever else is in the batch", async () => {
    const own = await causalPerplexities<number>(gpt, (words) => words, { start: 2 })(texts);
    for (const [i, words] of texts.entries()) {
      const batch = { ids: [2, ...words], batch: 1, length: 1 + words.length };
      const { loss } = await evaluate(gpt, [batch]);
      expect(own[i]).toBeCloseTo(Math.exp(loss), 3);
    }
  });

  it("has 1 where nothing is predicted, and cuts what is longer than the context", async () => {
    const perplexities = causalPerplexities<number>(gpt, (words) => words);
    expect((await perplexities([[7]]))[0]).toBe(1);
    const long = Array.from({ length: 20 }, (_, i) => i);
    expect(await perplexities([long])).toEqual(await perplexities([long.slice(0, 8)]));
  });
});

describe("maskedPerplexities", () => {
  const model = smallEncoder({ architectures: ["BertForMaskedLM"] }).eval();
  const batchOf = (texts: readonly (readonly number[])[]) =>
    tokenBatch(
      texts.map((words) => ({ words, label: 0 })),
      { cls: 1, pad: 0 },
    );

  it("hides one token after the other, and never a special one", async () => {
    const perplexities = maskedPerplexities(model, batchOf, { mask: 2, special: [0, 1] });
    const texts = [[5, 6, 7], [9]];
    const own = await perplexities(texts);
    for (const [i, words] of texts.entries()) {
      const losses = words.map((word, place) => {
        const ids = [1, ...words];
        const labels = ids.map(() => IGNORED_LABEL);
        [ids[place + 1], labels[place + 1]] = [2, word];
        return model.loss({ ids, labels, batch: 1, length: ids.length }).itemSync();
      });
      const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
      expect(own[i]).toBeCloseTo(Math.exp(mean), 3);
    }
  });

  it("refuses a model without a masked-LM head", () => {
    expect(() => maskedPerplexities(smallEncoder(), batchOf, { mask: 2, special: [] })).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
  });
});
