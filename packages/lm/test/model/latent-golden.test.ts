import { readFileSync } from "node:fs";
import { noGrad, scope, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CausalLM, generateBatch, KvCache, loadModel } from "../../src";
import { cacheNumbers } from "../../src/config/cache-numbers";
import { type Flat, largest, tokensOf } from "./golden-model";

const LOGITS = 1e-4; // times the largest absolute logit

interface LatentGolden {
  input_ids: number[][];
  logits: Flat;
  loss: number;
  greedy: { prompt: number[]; tokens: number[] };
  cache_numbers_per_token: number;
}

const models = sharedIsMissing ? [] : ["mla-yarn-qlora", "mla-lite-yarn"];

describe.skipIf(sharedIsMissing).each(["js", "wasm"])("latent attention on %s", (backend) => {
  beforeAll(() => void setBackend(backend));

  describe.each(models)("%s", (name) => {
    const folder = shared(`golden/coder/${name}`);
    const golden: LatentGolden = JSON.parse(readFileSync(`${folder}/golden.json`, "utf8"));
    const tokens = tokensOf(golden.input_ids);
    const close = (logits: ArrayLike<number>) =>
      expect(logits).toBeAllclose(golden.logits.data, {
        rtol: 0,
        atol: LOGITS * largest(golden.logits.data),
      });
    let model: CausalLM;
    let memory: ReturnType<typeof scope>;
    beforeAll(async () => {
      memory = scope();
      model = await loadModel(folder);
      model.eval();
    });
    afterAll(() => memory.dispose());

    it("gives the logits and the loss of the authors' code in one pass", () => {
      close(model.forward(tokens).dataSync());
      expect(model.loss(tokens).itemSync()).toBeCloseTo(golden.loss, 4);
    });

    it.each(["absorbed", "naive"] as const)(
      "gives the same logits token by token, %s",
      (latentAttention) => {
        model.latentAttention = latentAttention;
        const { batch, length, ids } = tokens;
        const vocabulary = golden.logits.shape[2]!;
        const found = new Float32Array(batch * length * vocabulary);
        const cache = new KvCache(batch, length);
        for (let t = 0; t < length; t++)
          tidy(() =>
            noGrad(() => {
              const now = Array.from({ length: batch }, (_, row) => ids[row * length + t]!);
              const step = model.forward({ ids: now, batch, length: 1 }, { cache }).dataSync();
              for (let row = 0; row < batch; row++)
                found.set(
                  step.subarray(row * vocabulary, (row + 1) * vocabulary),
                  (row * length + t) * vocabulary,
                );
            }),
          );
        cache.dispose();
        close(found);
      },
    );

    it.each(["absorbed", "naive"] as const)(
      "generates the tokens of the authors' code, %s, alone and beside others",
      async (latentAttention) => {
        model.latentAttention = latentAttention;
        const { prompt, tokens: wanted } = golden.greedy;
        const common = { maxNewTokens: wanted.length, eosTokenId: null };
        const run = generateBatch(model, [
          { ...common, prompt },
          { ...common, prompt: prompt.slice(0, 7) },
          { ...common, prompt },
        ]);
        let next = await run.next();
        while (!next.done) next = await run.next();
        expect(next.value[0]![0]!.ids).toEqual(wanted);
        expect(next.value[2]![0]!.ids).toEqual(wanted);
      },
    );

    it("caches as many numbers per token as the authors count", () => {
      const { cached, expanded } = cacheNumbers(model.config);
      expect(cached).toBe(golden.cache_numbers_per_token);
      expect(expanded).toBeGreaterThan(cached);
    });
  });
});
