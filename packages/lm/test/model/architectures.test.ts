import { Generator, memory, noGrad, setBackend, tensor, tidy } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { CausalLM, generate, KvCache, LmError } from "../../src";
import { tinyDeepseekV2, tinyDeepseekV3, tinyGpt2, tinyLlama } from "../support/tiny-models";

const gpt2 = () => tinyGpt2({ n_head: 4, eos_token_id: null });
const yarn = {
  type: "yarn",
  factor: 4,
  beta_fast: 32,
  beta_slow: 1,
  mscale: 0.7,
  mscale_all_dim: 0.7,
  original_max_position_embeddings: 16,
};

const families = {
  llama: () => tinyLlama(),
  "llama with tied embeddings and biases": () =>
    tinyLlama({ tie_word_embeddings: true, attention_bias: true, mlp_bias: true }),
  "llama with llama3 scaling": () =>
    tinyLlama({
      rope_scaling: {
        rope_type: "llama3",
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 16,
      },
    }),
  gpt2,
  "deepseek_v2 with compressed queries and groups": () => tinyDeepseekV2(),
  "deepseek_v2 with plain queries and YaRN": () =>
    tinyDeepseekV2({ q_lora_rank: null, topk_method: "greedy", rope_scaling: yarn }),
  deepseek_v3: () => tinyDeepseekV3(),
};

const ids = [3, 14, 15, 9, 26, 5, 30, 8, 9, 7];

describe.each(Object.entries(families))("%s", (_, config) => {
  let model: CausalLM;
  beforeEach(() => {
    setBackend("js");
    model = new CausalLM(config(), { generator: new Generator(2) }).eval();
  });

  const logits = (tokens: number[], cache?: KvCache) =>
    tidy(() =>
      noGrad(() =>
        model
          .forward({ ids: tokens, batch: 1, length: tokens.length }, cache ? { cache } : {})
          .dataSync(),
      ),
    );

  it("reads token by token through the cache as it reads at once", () => {
    const whole = logits(ids);
    const cache = new KvCache(1, ids.length);
    const pieces = [ids.slice(0, 4), ...ids.slice(4).map((id) => [id])].flatMap((part) => [
      ...logits(part, cache),
    ]);
    expect(pieces).toBeAllclose(whole, { rtol: 1e-3, atol: 1e-5 });
    cache.dispose();
  });

  it("lets no token see a later one", () => {
    const changed = [...ids.slice(0, 6), 1, 2, 3, 4];
    const vocabulary = model.config.vocabSize;
    expect(logits(changed).slice(0, 6 * vocabulary)).toBeAllclose(
      logits(ids).slice(0, 6 * vocabulary),
      { rtol: 1e-4, atol: 1e-6 },
    );
  });

  it("reads a row the same with padding on the left", () => {
    const padded = { ids: [0, 0, 0, ...ids], batch: 1, length: ids.length + 3 };
    const attentionMask = [0, 0, 0, ...ids.map(() => 1)];
    const out = model.forward(padded, { attentionMask }).narrow(1, 3, ids.length).dataSync();
    expect(out).toBeAllclose(logits(ids), { rtol: 1e-3, atol: 1e-5 });
  });

  it("gives every weight a gradient", () => {
    model.train();
    model.loss({ ids, batch: 2, length: 5 }).backward();
    for (const [name, weight] of model.namedParameters()) expect(weight.grad, name).not.toBeNull();
  });

  it("writes and reads single weights, and refuses wrong ones", async () => {
    const name = model.weightNames()[0]!;
    const { shape, data } = await model.readWeight(name);
    model.writeWeight(
      name,
      data.map((x) => x + 1),
    );
    expect((await model.readWeight(name)).data).toBeAllclose(data.map((x) => x + 1));
    expect(shape.length).toBeGreaterThan(0);
    await expect(model.readWeight("nothing")).rejects.toThrow(/no weight named nothing/);
    expect(() => model.writeWeight(name, new Float32Array(1))).toThrow(/elements, got 1/);
  });
});

describe("CausalLM", () => {
  beforeEach(() => void setBackend("js"));

  it("caches 576 numbers a token for DeepSeek-V2's sizes, whatever the number of heads", () => {
    const model = new CausalLM(
      tinyDeepseekV2({
        kv_lora_rank: 512,
        qk_rope_head_dim: 64,
        qk_nope_head_dim: 16,
        v_head_dim: 16,
        num_hidden_layers: 1,
      }),
      { generator: new Generator(1) },
    );
    const cache = new KvCache(1, 8);
    tidy(() => noGrad(() => model.forward({ ids: [1, 2, 3], batch: 1, length: 3 }, { cache })));
    expect(cache.sizeBytes).toBe(8 * 576 * 4);
    cache.dispose();
    model.dispose();
  });

  it("lets hooks replace what a block computes", () => {
    const model = new CausalLM(tinyLlama(), { generator: new Generator(1) }).eval();
    const tokens = { ids, batch: 1, length: ids.length };
    const muted = model.forward(tokens, {
      hooks: { attentionOutput: (x) => x.mul(0), mlpOutput: (x) => x.mul(0) },
    });
    const bare = tidy(() =>
      model.head(
        model.model!.finish(
          model.model!.embedTokens.forward(
            tensor(Int32Array.from(ids), { shape: [1, ids.length] }),
          ),
        ),
      ),
    );
    expect(muted.dataSync()).toBeAllclose(bare.dataSync());
  });

  it("refuses ids, masks and lengths that do not fit", () => {
    const model = new CausalLM(tinyLlama(), { generator: new Generator(1) });
    expect(() => model.forward({ ids: [1, 2, 3], batch: 2, length: 2 })).toThrow(
      /need 4 ids, got 3/,
    );
    expect(() =>
      model.forward({ ids: [1, 2], batch: 1, length: 2 }, { attentionMask: [1] }),
    ).toThrow(/1×2 is needed/);
    expect(() => model.forward({ ids: new Int32Array(65), batch: 1, length: 65 })).toThrow(
      /64 positions, 65 are needed/,
    );
  });

  it("frees everything on dispose", () => {
    const before = memory().storages;
    const model = new CausalLM(tinyDeepseekV2(), { generator: new Generator(1) });
    model.dispose();
    expect(memory().storages).toBe(before);
  });
});

describe("generate", () => {
  beforeEach(() => void setBackend("js"));
  const model = () => new CausalLM(tinyLlama(), { generator: new Generator(4) });
  const finish = async (run: ReturnType<typeof generate>) => {
    let next = await run.next();
    while (!next.done) next = await run.next();
    return next.value;
  };

  it("ends rows at the end token, one by one", async () => {
    const lm = model();
    const free = (
      await finish(
        generate(
          lm,
          [
            [1, 2],
            [7, 8],
          ],
          { maxNewTokens: 6 },
        ),
      )
    )[0]!;
    const ended = await finish(
      generate(
        lm,
        [
          [1, 2],
          [7, 8],
        ],
        { maxNewTokens: 6, eosTokenId: free[1]! },
      ),
    );
    expect(ended[0]).toEqual(free.slice(0, free.indexOf(free[1]!) + 1));
  });

  it("awaits a processor's preparation before each step of each row", async () => {
    const calls: string[] = [];
    const force = Object.assign(
      (_: ArrayLike<number>, row: Float32Array) => {
        calls.push("process");
        return row.fill(0).fill(1, 5, 6);
      },
      { prepare: async () => void calls.push("prepare") },
    );
    expect(
      await finish(generate(model(), [[1]], { maxNewTokens: 2, logitsProcessors: [force] })),
    ).toEqual([[5, 5]]);
    expect(calls).toEqual(["prepare", "process", "prepare", "process"]);
  });

  it("frees its cache when the caller stops early", async () => {
    const lm = model();
    for await (const _ of generate(lm, [[1, 2]], { maxNewTokens: 5 })) break;
    const before = memory().storages;
    for await (const _ of generate(lm, [[1, 2]], { maxNewTokens: 5 })) break;
    expect(memory().storages).toBe(before);
  });

  it("refuses empty, unequal and overlong prompts", async () => {
    const lm = model();
    await expect(finish(generate(lm, []))).rejects.toSatisfy(LmError.isInstance);
    await expect(finish(generate(lm, [[1], [1, 2]]))).rejects.toThrow(/one length/);
    await expect(finish(generate(lm, [[1]], { maxNewTokens: 64 }))).rejects.toThrow(
      /1 \+ 64 tokens exceed/,
    );
  });
});
