import { Generator, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { CausalLM, evaluate, KvCache, packedBatch, packWhole } from "../../src";
import {
  tinyDeepseek,
  tinyDeepseekV2,
  tinyDeepseekV3,
  tinyGemma2,
  tinyGpt2,
  tinyLlama,
} from "../support/tiny-models";

/** Conversations of several lengths, the second half of each trained. */
const conversations = [9, 4, 14, 5, 7, 11, 3].map((length, i) => {
  const inputIds = Array.from({ length }, (_, t) => 1 + ((7 * t + 11 * i) % 30));
  return { inputIds, labels: inputIds.map((id, t) => (2 * t < length ? -100 : id)) };
});
const alone = conversations.map(({ inputIds, labels }) => ({
  ids: inputIds,
  labels,
  batch: 1,
  length: inputIds.length,
}));
const packed = (sequenceLength: number, batchSize: number) => {
  const { rows } = packWhole(conversations, { sequenceLength, padTokenId: 0 });
  return Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) =>
    packedBatch(rows.slice(i * batchSize, (i + 1) * batchSize)),
  );
};

beforeEach(() => void setBackend("wasm"));

describe("conversations packed with segments", () => {
  it.each([
    ["llama", tinyLlama()],
    ["gpt2", tinyGpt2()],
    ["gemma2", tinyGemma2()],
    ["deepseek", tinyDeepseek()],
    ["deepseek_v2", tinyDeepseekV2()],
    ["deepseek_v3", tinyDeepseekV3()],
  ])("have the loss that they have alone, at every sequence length, with %s", async (_, config) => {
    const model = new CausalLM(config, { generator: new Generator(5) });
    const wanted = await evaluate(model, alone);
    for (const [length, batch] of [
      [14, 3],
      [20, 2],
      [32, 1],
      [60, 4],
    ] as const) {
      const measured = await evaluate(model, packed(length, batch));
      expect(measured.tokens).toBe(wanted.tokens);
      expect(Math.abs(measured.loss / wanted.loss - 1)).toBeLessThan(1e-5);
    }
    model.dispose();
  });

  it("have the gradients that they have alone, checkpointed or not", () => {
    const model = new CausalLM(tinyLlama(), { generator: new Generator(5) });
    const read = () => {
      const all = [...model.namedParameters()].map(
        ([name, { grad }]) => [name, grad!.dataSync().slice()] as const,
      );
      model.zeroGrad();
      return new Map(all);
    };
    const targets = alone.map(({ labels }) => labels.slice(1).filter((id) => id !== -100).length);
    const total = targets.reduce((a, b) => a + b);
    for (const [i, batch] of alone.entries())
      tidy(() =>
        model
          .loss(batch)
          .mul(targets[i]! / total)
          .backward(),
      );
    const wanted = read();
    for (const isCheckpointed of [false, true]) {
      model.gradientCheckpointing = isCheckpointed;
      const [batch] = packed(60, 4);
      tidy(() => model.loss(batch!).backward());
      for (const [name, gradient] of read())
        expect(gradient, name).toBeAllclose(wanted.get(name)!, { rtol: 1e-3, atol: 1e-6 });
    }
    model.dispose();
  });

  it("see the same under hooks that need attention step by step", () => {
    const model = new CausalLM(tinyLlama(), { generator: new Generator(5) });
    const [batch] = packed(60, 4);
    const hidden: number[] = [];
    const logits = tidy(() => model.forward(batch!).dataSync().slice());
    const again = tidy(() =>
      model
        .forward(batch!, {
          hooks: {
            pattern: (x) => void hidden.push(x.narrow(2, 10, 1).narrow(3, 0, 1).sum().itemSync()),
          },
        })
        .dataSync()
        .slice(),
    );
    const { attentionMask } = batch!;
    const width = logits.length / attentionMask!.length;
    const real = (x: Float32Array) => x.filter((_, i) => attentionMask![Math.floor(i / width)]);
    expect(real(again as Float32Array)).toBeAllclose(real(logits as Float32Array), {
      rtol: 1e-4,
      atol: 1e-5,
    });
    expect(hidden).toEqual([0, 0]); // the second conversation does not look at the first
    model.dispose();
  });

  it("predict nothing across a border, also without labels", () => {
    const model = new CausalLM(tinyLlama(), { generator: new Generator(5) });
    const ids = [3, 4, 5, 6];
    const pair = { ids, batch: 1, length: 4, segments: [0, 0, 1, 1] };
    const both = tidy(() => model.loss(pair).itemSync());
    const halves = [ids.slice(0, 2), ids.slice(2)].map((half) =>
      tidy(() => model.loss({ ids: half, batch: 1, length: 2 }).itemSync()),
    );
    expect(both).toBeCloseTo((halves[0]! + halves[1]!) / 2, 5);
    model.dispose();
  });

  it("are refused in the wrong number, and beside a cache", () => {
    const model = new CausalLM(tinyLlama(), { generator: new Generator(5) });
    const tokens = { ids: [1, 2, 3], batch: 1, length: 3 };
    const error = (code: string) => expect.objectContaining({ code });
    expect(() => model.forward({ ...tokens, segments: [0, 1] })).toThrow(error("ERR_SHAPE"));
    const cache = new KvCache(1, 8);
    expect(() => model.forward({ ...tokens, segments: [0, 0, 1] }, { cache })).toThrow(
      error("ERR_STATE"),
    );
    model.dispose();
  });
});
