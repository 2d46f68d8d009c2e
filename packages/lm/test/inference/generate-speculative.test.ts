import { Generator, memory, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { CausalLM, createRandom, generate, generateSpeculative, temperature } from "../../src";
import { LmError } from "../../src/errors";
import type { SpeculativeOptions } from "../../src/inference/generate-speculative";
import { tinyDeepseek, tinyGpt2, tinyLlama } from "../support/tiny-models";

const make = (config = tinyLlama(), seed = 7) =>
  new CausalLM(config, { generator: new Generator(seed) });

async function all<T>(run: AsyncGenerator<unknown, T>): Promise<T> {
  let next = await run.next();
  while (!next.done) next = await run.next();
  return next.value;
}

beforeEach(() => void setBackend("wasm"));

describe("speculative generation", () => {
  it.each([
    ["n-grams", tinyLlama(), "ngram" as const],
    ["itself", tinyLlama(), "self" as const],
    ["another model", tinyDeepseek(), "other" as const],
    ["another family", tinyGpt2({ eos_token_id: null }), "other" as const],
  ])("takes the tokens of plain greedy decoding, guessed by %s", async (_, config, kind) => {
    const model = make(config);
    const other = make(tinyLlama(), 9);
    const draft = { ngram: "ngram" as const, self: model, other }[kind];
    for (const prompt of [[5], [3, 9, 3, 9, 3], [1, 2, 3, 4, 1, 2, 3]]) {
      const [plain] = await all(generate(model, [prompt], { maxNewTokens: 24, eosTokenId: null }));
      const result = await all(
        generateSpeculative(model, prompt, { draft, maxNewTokens: 24, eosTokenId: null }),
      );
      expect(result.ids).toEqual(plain);
      expect(result.accepted).toBeLessThanOrEqual(result.drafted);
      if (kind === "self") expect(result.passes).toBe(5); // 4 guesses and one more each
    }
    model.dispose();
    other.dispose();
  });

  it.each(["model", "ngram"] as const)(
    "draws from the model's distribution, guessed by %s",
    async (kind) => {
      const model = make(
        tinyLlama({ vocab_size: 32, num_hidden_layers: 1, initializer_range: 0.4 }),
      );
      const other = make(
        tinyLlama({ vocab_size: 32, num_hidden_layers: 1, initializer_range: 0.4 }),
        3,
      );
      const prompt = [4, 8, 4, 8, 4];
      const draws = 400;
      const options = (random: () => number): SpeculativeOptions => ({
        draft: kind === "model" ? other : "ngram",
        draftTokens: 2,
        maxNewTokens: 2,
        eosTokenId: null,
        random,
        logitsProcessors: [temperature(1.5)],
      });
      const random = createRandom([11]).next;
      const counts = new Float64Array(32);
      for (let i = 0; i < draws; i++)
        counts[(await all(generateSpeculative(model, prompt, options(random)))).ids[0]!]!++;
      const logits = model.forward({ ids: prompt, batch: 1, length: 5 }).select(1, -1).dataSync();
      const weights = [...logits].map((logit) => Math.exp(logit / 1.5));
      const total = weights.reduce((sum, weight) => sum + weight);
      let chi = 0;
      for (const [id, weight] of weights.entries()) {
        const expected = (draws * weight) / total;
        chi += (counts[id]! - expected) ** 2 / expected;
      }
      expect(chi).toBeLessThan(61.1); // the 99.9 % quantile of 31 degrees of freedom
      model.dispose();
      other.dispose();
    },
  );

  it("stops at end tokens inside a run of guesses", async () => {
    const model = make();
    const [plain] = await all(generate(model, [[7]], { maxNewTokens: 12 }));
    const end = plain![2]!;
    const { ids, stopped } = await all(
      generateSpeculative(model, [7], { draft: model, maxNewTokens: 12, eosTokenId: end }),
    );
    expect([ids, stopped]).toEqual([plain!.slice(0, plain!.indexOf(end) + 1), "eos"]);
    model.dispose();
  });

  it("refuses another vocabulary and no guesses, and frees all that it made", async () => {
    const model = make();
    const other = make(tinyLlama({ vocab_size: 30 }));
    await all(generateSpeculative(model, [1], { maxNewTokens: 3 }));
    const before = memory().storages;
    const codes = await Promise.all(
      [{ draft: other }, { draftTokens: 0 }, { maxNewTokens: 99 }].map((options) =>
        all(generateSpeculative(model, [1], options)).catch((error) =>
          LmError.isInstance(error) ? error.code : error,
        ),
      ),
    );
    expect(codes).toEqual(["ERR_MISMATCH", "ERR_RANGE", "ERR_RANGE"]);
    await all(generateSpeculative(model, [1, 2], { draft: model, maxNewTokens: 5 }));
    expect(memory().storages).toBe(before);
    model.dispose();
    other.dispose();
  });
});
