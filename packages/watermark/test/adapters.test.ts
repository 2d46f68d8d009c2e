import type { LogitProcessor } from "@mlc-ai/web-llm";
import { describe, expect, it } from "vitest";
import { chooseFromProbabilities } from "../src/adapters/choose-from-probabilities";
import { toLogitBias } from "../src/adapters/logit-bias";
import { forNodeLlamaCpp } from "../src/adapters/node-llama-cpp";
import { forTransformers } from "../src/adapters/transformers";
import { forWebLlm } from "../src/adapters/web-llm";
import { proxyFromLogits } from "../src/proxy/proxy-lm";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, markovModel, sample } from "./support/language-model";

const size = 128;
const model = markovModel(size, 2);
const key = "00112233445566778899aabbccddeeff";
const kgw = createWatermark({ scheme: "kgw", vocab_size: size, bias: 3 }, key);
const asyncProxy = proxyFromLogits("remote", size, async (ids) => model(ids));
const asynchronous = createWatermark({ scheme: "ctwl-balance", vocab_size: size }, key, {
  proxy: asyncProxy,
  payload: new Uint8Array(20),
});

/** A processor list as transformers.js 4.3 runs it: each entry called as a function, in turn. */
class LogitsProcessorListStub {
  processors: ((ids: bigint[][], logits: TensorStub) => TensorStub)[] = [];
  extend(items: Iterable<(ids: bigint[][], logits: TensorStub) => TensorStub>) {
    this.processors.push(...items);
  }
  call(ids: bigint[][], logits: TensorStub) {
    let result = logits;
    for (const processor of this.processors) result = processor(ids, result);
    return result;
  }
}
interface TensorStub {
  data: Float32Array;
  dims: number[];
  type: "float32";
}

describe("transformers.js", () => {
  it("marks every row of a batch as the plain processor would", () => {
    const list = new LogitsProcessorListStub();
    list.extend([forTransformers(kgw)]);
    const random = makeRandom(4);
    const rows: number[][] = [
      [1, 2, 3],
      [9, 8, 7],
    ];
    for (let step = 0; step < 150; step++) {
      const data = new Float32Array(2 * size);
      rows.forEach((ids, row) => {
        data.set(model(ids), row * size);
      });
      const ids = rows.map((row) => row.map(BigInt));
      const logits = list.call(ids, { data, dims: [2, size], type: "float32" });
      rows.forEach((row, i) => {
        const expected = kgw.createProcessor()(row, model(row));
        expect(logits.data.slice(i * size, (i + 1) * size)).toEqual(expected);
        row.push(sample(expected, random));
      });
    }
    for (const row of rows) expect(kgw.detect(row, { promptLength: 3 }).verdict).toBe("found");
  });

  it("refuses asynchronous proxies, larger batches for one processor, and other shapes", () => {
    expect(() => forTransformers(asynchronous)).toThrow("does not await processors");
    const one = forTransformers(kgw.createProcessor());
    const data = new Float32Array(2 * size);
    expect(() => one([[1n], [2n]], { data, dims: [2, size] })).toThrow(
      "one processor marks one row",
    );
    expect(() => one([[1n]], { data, dims: [2, size] })).toThrow("shape [1, vocabulary]");
    expect(() => one([[1n]], { data: [], dims: [1, size] })).toThrow("float32");
  });
});

describe("node-llama-cpp", () => {
  /** TokenBias as in 3.22: `set` takes tokens and `{ logit }`, and leaves end-of-generation tokens out. */
  class TokenBiasStub {
    biases = new Map<number, number>();
    set(tokens: number[], bias: { logit: number }) {
      for (const token of tokens) if (token !== 0) this.biases.set(token, bias.logit);
      return this;
    }
  }

  it("asks for a fresh bias before each token and leaves a readable mark", () => {
    const mark = forNodeLlamaCpp(kgw, { createBias: () => new TokenBiasStub(), prompt: [5] });
    const random = makeRandom(8);
    const ids = [5];
    for (let step = 0; step < 200; step++) {
      const logits = model(ids);
      for (const [token, logit] of mark.tokenBias().biases) logits[token]! += logit;
      const token = sample(logits, random);
      ids.push(token);
      mark.accept(token);
    }
    expect(kgw.detect(ids, { promptLength: 1 }).verdict).toBe("found");
  });

  it("refuses what a bias cannot express", () => {
    const createBias = () => new TokenBiasStub();
    const refused = [
      { scheme: "exp", vocab_size: size },
      { scheme: "synthid", vocab_size: size },
      { scheme: "unbiased", vocab_size: size },
      { scheme: "dip", vocab_size: size },
      { scheme: "kgw", vocab_size: size, hard: true },
      { scheme: "kgw", vocab_size: size, seeding_scheme: "selfhash" },
      { scheme: "ctwl-vanilla", vocab_size: size },
    ] as const;
    for (const profile of refused) {
      const watermark = createWatermark(profile, key);
      expect(() => forNodeLlamaCpp(watermark, { createBias, prompt: [] })).toThrow(profile.scheme);
    }
  });

  it("takes schemes that draw through probabilities and a replaced token", () => {
    for (const scheme of ["exp", "synthid", "unbiased", "dip"] as const) {
      const watermark = createWatermark({ scheme, vocab_size: size }, key);
      const processor = watermark.createProcessor({ promptLength: 4 });
      const random = makeRandom(6);
      const ids = [1, 2, 3, 4];
      for (let step = 0; step < 200; step++) {
        const logits = model(ids);
        const weights = Array.from(logits, Math.exp);
        const total = weights.reduce((a, b) => a + b);
        const probabilities = new Map(weights.map((w, v) => [v, w / total]));
        ids.push(chooseFromProbabilities(processor, ids, probabilities, size, random));
      }
      expect(watermark.detect(ids, { promptLength: 4 }).verdict).toBe("found");
    }
  });
});

describe("WebLLM", () => {
  it("has the interface of the library and follows sampled tokens and resets", () => {
    const processor: LogitProcessor = forWebLlm(kgw.createProcessor());
    const random = makeRandom(3);
    for (const _ of [1, 2]) {
      const ids: number[] = [];
      for (let step = 0; step < 200; step++) {
        const token = sample(processor.processLogits(model([1, ...ids])), random);
        ids.push(token);
        processor.processSampledToken(token);
      }
      expect(kgw.detect(ids).verdict).toBe("found");
      processor.resetState();
    }
    expect(() => forWebLlm(asynchronous.processor)).toThrow("does not await");
  });
});

describe("OpenAI-compatible endpoints", () => {
  const unigram = createWatermark({ scheme: "unigram", vocab_size: size, bias: 3 }, key);

  it("get Unigram as a static bias that the detector finds", () => {
    const bias = toLogitBias(unigram);
    expect(Object.keys(bias)).toHaveLength(64);
    const random = makeRandom(9);
    const ids = [1];
    for (let step = 0; step < 300; step++) {
      const logits = model(ids);
      for (const [token, amount] of Object.entries(bias)) logits[Number(token)]! += amount;
      ids.push(sample(logits, random));
    }
    expect(unigram.detect(ids).verdict).toBe("found");
  });

  it("take at most `limit` entries, the frequent ones first", () => {
    const tokens = Array.from({ length: size }, (_, i) => size - 1 - i);
    const bias = toLogitBias(unigram, { tokens, limit: 10 });
    expect(Object.keys(bias)).toHaveLength(10);
    expect(Math.min(...Object.keys(bias).map(Number))).toBeGreaterThan(90);
    expect(() => toLogitBias(unigram, { limit: 10 })).toThrow("name the frequent tokens");
    expect(() => toLogitBias(kgw)).toThrow("only unigram");
  });
});

describe("asynchronous proxies", () => {
  it("work when prepare is awaited on both sides, and say so when it is not", async () => {
    const random = makeRandom(12);
    const watermark = createWatermark(
      {
        scheme: "ctwl-balance",
        vocab_size: size,
        message_bits: 8,
        message_code_len: 8,
        encode_ratio: 25,
        bias: 3,
      },
      key,
      { proxy: asyncProxy },
    );
    const payload = [1, 0, 1, 1, 0, 0, 1, 0];
    const processor = watermark.createProcessor({ payload });
    const ids = [3];
    for (let step = 0; step < 200; step++) {
      await processor.prepare!(ids);
      ids.push(sample(processor(ids, model(ids)), random));
    }
    const unprepared = watermark.createProcessor({ payload, promptLength: 1 });
    expect(() => unprepared(new Int32Array(60), new Float32Array(size))).toThrow("await prepare()");
    const text = ids.slice(1);
    expect(() => watermark.decode([...text].reverse())).toThrow("await prepare()");
    await watermark.prepare(text);
    expect([...watermark.decode(text).bits]).toEqual(payload);
  });
});
