import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { beforeAll, describe, expect, it } from "vitest";
import { CausalLM, generate, generateSpeculative, loadModel, parseConfig } from "../../src";
import type { SpeculativeOptions } from "../../src/inference/generate-speculative";
import { goldenFamilies, goldenFolder, goldenModels, readGolden } from "../model/golden-model";

/** Logits that are nearer than this may change places with the order of additions. */
const GAP = 1e-3;

async function result<T>(run: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value as T;
  }
}

/** Tokens with and without guesses are the same up to the first place where the two best logits are near each other. */
async function expectSame(
  model: CausalLM,
  prompt: number[],
  maxNewTokens: number,
  options: SpeculativeOptions = {},
) {
  const gaps: number[] = [];
  const watch = (_: ArrayLike<number>, logits: Float32Array) => {
    const [best = 0, second = 0] = Float32Array.from(logits).sort().reverse();
    gaps.push(best - second);
    return logits;
  };
  const settings = { maxNewTokens, eosTokenId: null };
  const [plain] = await result(
    generate(model, [prompt], { ...settings, logitsProcessors: [watch] }),
  );
  const { ids, passes } = await result(
    generateSpeculative(model, prompt, { ...settings, ...options }),
  );
  const near = gaps.findIndex((gap) => gap <= GAP);
  const sure = near < 0 ? maxNewTokens : near;
  expect(ids.slice(0, sure)).toEqual(plain!.slice(0, sure));
  return { sure, passes };
}

beforeAll(() => void setBackend("wasm"));

describe("greedy text with guesses", () => {
  it.skipIf(sharedIsMissing).each([...goldenModels, ...goldenFamilies])(
    "is the text without, for %s",
    async (name) => {
      const model = (await loadModel(goldenFolder(name))).eval();
      const { prompt } = readGolden(name).greedy;
      const { sure } = await expectSame(model, prompt, 60);
      expect(sure).toBeGreaterThan(8);
      model.dispose();
    },
  );

  it("is the text without over 500 tokens of 15 M parameters, by n-grams and by a draft model", async () => {
    const sizes = {
      model_type: "llama",
      vocab_size: 32000,
      max_position_embeddings: 1024,
      tie_word_embeddings: true,
      eos_token_id: null,
      num_attention_heads: 6,
    };
    const large = { hidden_size: 288, num_hidden_layers: 6, intermediate_size: 768 };
    const small = { hidden_size: 48, num_hidden_layers: 1, intermediate_size: 96 };
    const [model, draft] = [large, small].map((own) =>
      new CausalLM(parseConfig({ ...sizes, ...own }), { generator: new Generator(7) }).eval(),
    ) as [CausalLM, CausalLM];
    const prompt = [11, 7930, 15849];
    const { sure, passes } = await expectSame(model, prompt, 500);
    expect(sure).toBeGreaterThan(20);
    expect(passes).toBeLessThan(500);
    await expectSame(model, prompt, 40, { draft });
    for (const each of [model, draft]) each.dispose();
  });
});
