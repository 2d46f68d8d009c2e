import { Generator, noGrad, openGguf, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { f32Bytes, writeGguf } from "@deepgrain/vitest/write-gguf";
import { beforeEach, describe, expect, it } from "vitest";
import {
  CausalLM,
  generate,
  generateBatch,
  generateSpeculative,
  KvCache,
  parseConfig,
  toHuggingFace,
} from "../../src";
import { ropeFrequencies } from "../../src/config";
import { ggufConfig } from "../../src/gguf/gguf-config";
import type { BatchRequest } from "../../src/inference/sequence";

const json = (scaling: object, more: object = {}) => ({
  model_type: "phi3",
  vocab_size: 31,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 32,
  original_max_position_embeddings: 8,
  eos_token_id: null,
  rope_scaling: { type: "longrope", ...scaling },
  ...more,
});

const factors = { short_factor: [1, 2], long_factor: [4, 8] };
const phi3 = (more: object = {}) => parseConfig(json(factors, more));
const make = (config = phi3()) => new CausalLM(config, { generator: new Generator(5) }).eval();

const prompt = (length: number, row = 0) =>
  Array.from({ length }, (_, i) => (row * 11 + i * 7 + 3) % 31);

const logits = (model: CausalLM, ids: readonly number[]) =>
  tidy(() => noGrad(() => model.forward({ ids, batch: 1, length: ids.length }).dataSync()));

/** Greedy decoding that reads the whole text for each token. */
function readAnew(model: CausalLM, ids: readonly number[], count: number): number[] {
  const text = [...ids];
  for (let i = 0; i < count; i++) {
    const last = logits(model, text).slice(-31);
    text.push(last.indexOf(Math.max(...last)));
  }
  return text.slice(ids.length);
}

async function all<T>(run: AsyncGenerator<unknown, T>): Promise<T> {
  let next = await run.next();
  while (!next.done) next = await run.next();
  return next.value;
}

beforeEach(() => void setBackend("wasm"));

describe("the frequencies of longrope", () => {
  it("divides by the short factors up to the trained length and by the long ones beyond it", () => {
    const at = (sequenceLength: number) =>
      [...ropeFrequencies(phi3(), { sequenceLength }).inverseFrequencies].map(
        (x) => +x.toFixed(12),
      );
    // Heads of 4 numbers: 10000^0 = 1 and 10000^(−2/4) = 0.01.
    expect(at(0)).toEqual([1, 0.005]);
    expect(at(8)).toEqual([1, 0.005]);
    expect(at(9)).toEqual([0.25, 0.00125]);
  });

  it("scales cosine and sine by √(1 + ln s / ln L), s being the ratio of both lengths", () => {
    // s = 32 / 8 = 4, L = 8: ln 4 / ln 8 = 2/3.
    expect(ropeFrequencies(phi3()).attentionFactor).toBeCloseTo(Math.sqrt(5 / 3), 12);
    const same = phi3({ original_max_position_embeddings: 32 });
    expect(ropeFrequencies(same).attentionFactor).toBe(1);
    const given = parseConfig(json({ ...factors, attention_factor: 1.5 }));
    expect(ropeFrequencies(given).attentionFactor).toBe(1.5);
  });

  it("takes the factor of the scaling where the file has no trained length beside it", () => {
    const more = { original_max_position_embeddings: undefined };
    const inside = { ...factors, factor: 2, original_max_position_embeddings: 16 };
    expect(ropeFrequencies(parseConfig(json(inside, more))).attentionFactor).toBeCloseTo(
      Math.sqrt(1 + Math.log(2) / Math.log(16)),
      12,
    );
    const nowhere = parseConfig(json({ ...factors, factor: 2 }, more));
    expect(ropeFrequencies(nowhere).attentionFactor).toBeCloseTo(Math.sqrt(1 + 1 / 5), 12);
  });

  it("reads the names of Phi-3's first files and writes what it read", () => {
    const config = phi3();
    for (const type of ["su", "yarn"])
      expect(parseConfig(json({ ...factors, type }))).toMatchObject({
        ropeScaling: (config as { ropeScaling: unknown }).ropeScaling,
      });
    expect(toHuggingFace(config)).toEqual(json(factors));
    expect(parseConfig(toHuggingFace(config, { complete: true }))).toMatchObject({
      ropeScaling: { type: "longrope", factor: 4, originalMaxPositionEmbeddings: 8 },
    });
  });

  it("refuses lists that are missing, of another length or with a number that is not above 0", () => {
    const wrong = (scaling: object) => () => parseConfig(json(scaling));
    expect(wrong({ short_factor: [1, 2] })).toThrow("rope_scaling.long_factor must be given");
    expect(wrong({ ...factors, long_factor: [1, 2, 3] })).toThrow(
      "rope_scaling.long_factor must be a list of 2 numbers, one per rotation pair",
    );
    expect(wrong({ ...factors, short_factor: [1, 0] })).toThrow("a list of numbers above 0");
  });

  it("is read from the tensors of a GGUF file", async () => {
    const values = {
      "general.architecture": "phi3",
      "phi3.context_length": 32,
      "phi3.embedding_length": 16,
      "phi3.block_count": 2,
      "phi3.feed_forward_length": 24,
      "phi3.attention.head_count": 4,
      "phi3.attention.head_count_kv": 2,
      "phi3.attention.layer_norm_rms_epsilon": 1e-5,
      "phi3.vocab_size": 31,
      "phi3.rope.scaling.original_context_length": 8,
      "phi3.rope.scaling.attn_factor": 1.25,
    };
    const list = (name: string, data: number[]) => ({
      name,
      shape: [data.length],
      type: 0,
      bytes: f32Bytes(Float32Array.from(data)),
    });
    const bytes = writeGguf(values, [
      list("rope_factors_short.weight", factors.short_factor),
      list("rope_factors_long.weight", factors.long_factor),
    ]);
    expect(await ggufConfig(await openGguf(new Blob([Uint8Array.from(bytes)])))).toMatchObject({
      ropeScaling: {
        type: "longrope",
        shortFactor: factors.short_factor,
        longFactor: factors.long_factor,
        originalMaxPositionEmbeddings: 8,
        attentionFactor: 1.25,
      },
    });
  });
});

describe("a model with longrope", () => {
  it("trains as one without scaling up to the trained length, and as one with linear scaling beyond it", () => {
    const model = make(
      parseConfig(json({ short_factor: [1, 1], long_factor: [4, 4], attention_factor: 1 })),
    );
    const plain = make(phi3({ rope_scaling: null }));
    const linear = make(phi3({ rope_scaling: { type: "linear", factor: 4 } }));
    const gradient = (of: CausalLM, length: number) => {
      return tidy(() => {
        const loss = of.train().loss({ ids: prompt(length), batch: 1, length });
        loss.backward();
        const grads = [...of.parameters()].flatMap(({ grad }) => [...grad!.dataSync()]);
        of.zeroGrad();
        return [loss.item(), ...grads];
      });
    };
    expect(gradient(model, 8)).toEqual(gradient(plain, 8));
    expect(gradient(model, 9)).toEqual(gradient(linear, 9));
    expect(gradient(model, 9)).not.toEqual(gradient(plain, 9));
    for (const each of [model, plain, linear]) each.dispose();
  });

  it("generates what reading the whole text anew gives, across the trained length", async () => {
    const model = make();
    for (const length of [1, 7, 8, 9, 12]) {
      const wanted = readAnew(model, prompt(length), 12);
      const [made] = await all(generate(model, [prompt(length)], { maxNewTokens: 12 }));
      expect(made, `${length} tokens`).toEqual(wanted);
    }
    model.dispose();
  });

  it("gives each prompt of a batch what it gets alone, whichever lengths run beside it", async () => {
    const model = make();
    const lengths = [2, 9, 5, 8, 14];
    const requests: BatchRequest[] = lengths.map((length, row) => ({
      prompt: prompt(length, row),
      maxNewTokens: 10,
      samples: row === 2 ? 2 : 1,
    }));
    const made = await all(generateBatch(model, requests, { maxSequences: 4, pageTokens: 4 }));
    for (const [row, length] of lengths.entries())
      for (const { ids } of made[row]!)
        expect(ids).toEqual(readAnew(model, prompt(length, row), 10));
    model.dispose();
  });

  it("fits its reading again into the pages that the request reserved", async () => {
    const model = make();
    const request = { prompt: prompt(6), maxNewTokens: 7, samples: 3 };
    // 12 tokens per sample, in pages of 4: nothing of the prompt is shared after the trained length.
    const options = { pageTokens: 4, cacheTokens: 36, maxSequences: 3 };
    const [made] = await all(generateBatch(model, [request], options));
    for (const { ids } of made!) expect(ids).toEqual(readAnew(model, prompt(6), 7));
    await expect(
      all(generateBatch(model, [request], { ...options, cacheTokens: 32 })),
    ).rejects.toMatchObject({ code: "ERR_RANGE" });
    model.dispose();
  });

  it("speculates across the trained length without changing the text", async () => {
    const model = make();
    const other = new CausalLM(phi3({ original_max_position_embeddings: 10 }), {
      generator: new Generator(6),
    });
    const wanted = readAnew(model, prompt(3), 14);
    for (const draft of ["ngram", model, other] as const) {
      const { ids } = await all(
        generateSpeculative(model, prompt(3), { draft, draftTokens: 3, maxNewTokens: 14 }),
      );
      expect(ids).toEqual(wanted);
    }
    for (const each of [model, other]) each.dispose();
  });

  it("refuses to continue a cache past the trained length, as its keys have the short factors", () => {
    const model = make();
    const cache = new KvCache(1, 32);
    const read = (length: number) =>
      tidy(() => noGrad(() => model.forward({ ids: prompt(length), batch: 1, length }, { cache })));
    read(6);
    expect(() => read(3)).toThrow(
      expect.objectContaining({
        code: "ERR_STATE",
        message: expect.stringContaining("9 tokens need the long ones (above 8)"),
      }),
    );
    expect(cache.length).toBe(6);
    cache.dispose();
    model.dispose();
  });
});
