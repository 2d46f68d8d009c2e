import { Generator, logSumExp, memory, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import {
  attachLora,
  CausalLM,
  createRandom,
  generate,
  generateBatch,
  type ModelConfig,
  multinomial,
} from "../../src";
import { LmError } from "../../src/errors";
import { GenerationBatch } from "../../src/inference/generation-batch";
import type { BatchRequest } from "../../src/inference/sequence";
import {
  tinyDeepseek,
  tinyDeepseekV2,
  tinyDeepseekV3,
  tinyGpt2,
  tinyLlama,
} from "../support/tiny-models";

const make = (config: ModelConfig) => new CausalLM(config, { generator: new Generator(7) });

/** Prompts of these lengths, all different. */
const prompts = (lengths: readonly number[], vocabulary = 31): number[][] =>
  lengths.map((length, row) =>
    Array.from({ length }, (_, i) => (row * 11 + i * 7 + 3) % vocabulary),
  );

async function all<T>(run: AsyncGenerator<unknown, T>): Promise<T> {
  let next = await run.next();
  while (!next.done) next = await run.next();
  return next.value;
}

const alone = async (model: CausalLM, prompt: number[], maxNewTokens: number) =>
  (await all(generate(model, [prompt], { maxNewTokens })))[0]!;

const families: [string, () => ModelConfig][] = [
  ["llama", tinyLlama],
  ["gpt2", () => tinyGpt2({ eos_token_id: null })],
  ["deepseek", tinyDeepseek],
  ["deepseek_v2", tinyDeepseekV2],
  ["deepseek_v3", tinyDeepseekV3],
];

beforeEach(() => void setBackend("wasm"));

describe("generating a batch", () => {
  it.each(families)("gives each prompt what it gets alone, with %s", async (_, config) => {
    const model = make(config());
    const rows = prompts([1, 9, 4, 17, 2]);
    const lengths = [6, 3, 12, 5, 9];
    const wanted: number[][] = [];
    for (const [i, prompt] of rows.entries()) wanted.push(await alone(model, prompt, lengths[i]!));
    const requests = rows.map((prompt, i) => ({ prompt, maxNewTokens: lengths[i]! }));
    // Two at a time, so that some wait and join while others leave; pages of four, so that most sequences have several.
    const results = await all(
      generateBatch(model, requests, { maxSequences: 2, pageTokens: 4, promptTokensPerStep: 5 }),
    );
    expect(results.map(([only]) => only!.ids)).toEqual(wanted);
    expect(results.every(([only]) => only!.stopped === "length")).toBe(true);
    model.dispose();
  });

  it("shares a prompt's pages between its samples, each with its own continuation", async () => {
    const model = make(tinyLlama());
    const [prompt] = prompts([10]) as [number[]];
    const draw = (seed: number) => {
      const random = createRandom([seed]).next;
      return (logits: Float32Array) => multinomial(logits, random);
    };
    const batch = new GenerationBatch(model, { pageTokens: 4 });
    batch.add({ prompt, samples: 3, maxNewTokens: 8, sampler: draw(1) });
    const ids: number[][] = [[], [], []];
    for (const { sample, id } of await batch.step()) ids[sample]!.push(id);
    for (const { sample, id } of await batch.step()) ids[sample]!.push(id);
    // Two whole pages of the prompt are shared, the third is each sample's own: 5 pages and not 9.
    expect(batch.runningSequences).toBe(3);
    const shared = batch.cacheBytes;
    while (!batch.isIdle) for (const { sample, id } of await batch.step()) ids[sample]!.push(id);
    expect(shared).toBe(2 * 2 * 6 * 2 * 4 * 4 * 4); // the pool has room for six
    batch.dispose();
    // The same numbers drawn in the same order, without sharing.
    const sampler = draw(1);
    const again = await all(
      generateBatch(
        model,
        [0, 1, 2].map(() => ({ prompt, maxNewTokens: 8, sampler })),
      ),
    );
    expect(ids).toEqual(again.map(([only]) => only!.ids));
    expect(new Set(ids.map(String)).size).toBeGreaterThan(1);
    model.dispose();
  });

  it("lets prompts join at any time and forgets what is cancelled", async () => {
    const model = make(tinyLlama());
    const [a, b, c] = prompts([5, 8, 3]) as [number[], number[], number[]];
    const batch = new GenerationBatch(model, { pageTokens: 4 });
    const seen = new Map<number, number[]>();
    const step = async () => {
      for (const { request, id } of await batch.step())
        seen.set(request, [...(seen.get(request) ?? []), id]);
    };
    const first = batch.add({ prompt: a, maxNewTokens: 6 });
    await step();
    const second = batch.add({ prompt: b, maxNewTokens: 50 });
    await step();
    batch.cancel(second);
    const third = batch.add({ prompt: c, maxNewTokens: 4 });
    while (!batch.isIdle) await step();
    expect(seen.get(first)).toEqual(await alone(model, a, 6));
    expect(seen.get(second)).toHaveLength(1);
    expect(seen.get(third)).toEqual(await alone(model, c, 4));
    batch.cancel(third);
    expect(await batch.step()).toEqual([]);
    batch.dispose();
    model.dispose();
  });

  it("keeps within the cache it was given, whoever waits", async () => {
    const model = make(tinyLlama());
    const rows = prompts([6, 6, 6, 6]);
    const requests = rows.map((prompt) => ({ prompt, maxNewTokens: 7 }));
    const batch = new GenerationBatch(model, { pageTokens: 4, cacheTokens: 24 });
    for (const request of requests) batch.add(request);
    const ids: number[][] = rows.map(() => []);
    let most = 0;
    while (!batch.isIdle) {
      for (const { request, id } of await batch.step()) ids[request]!.push(id);
      most = Math.max(most, batch.runningSequences);
    }
    expect(most).toBe(2);
    for (const [i, prompt] of rows.entries()) expect(ids[i]).toEqual(await alone(model, prompt, 7));
    expect(() => batch.add({ prompt: rows[0]!, maxNewTokens: 30 })).toThrow(
      /needs 1 sequences and 9 pages/,
    );
    batch.dispose();
    model.dispose();
  });

  it("tells log-probabilities of the model, whatever processors do", async () => {
    const model = make(tinyLlama());
    const [prompt] = prompts([5]) as [number[]];
    const forbid = (_: ArrayLike<number>, logits: Float32Array) => {
      logits[logits.indexOf(Math.max(...logits))] = -Infinity;
      return logits;
    };
    const results = await all(
      generateBatch(model, [
        { prompt, maxNewTokens: 3, logitsProcessors: [forbid], logProbabilities: 2 },
      ]),
    );
    const only = results[0]![0]!;
    const ids = [...prompt, ...only.ids];
    for (const [i, { logProbability, top }] of only.scores.entries()) {
      const logs = tidy(() => {
        const logits = model
          .forward({ ids: ids.slice(0, prompt.length + i), batch: 1, length: prompt.length + i })
          .select(1, -1)
          .squeeze(0);
        return logits.sub(logSumExp(logits)).dataSync();
      });
      expect([logProbability]).toBeAllclose([logs[only.ids[i]!]!], { rtol: 1e-4, atol: 1e-5 });
      expect(top.map(({ logProbability: log }) => log)).toBeAllclose(
        [...logs].sort((a, b) => b - a).slice(0, 2),
        { rtol: 1e-4, atol: 1e-5 },
      );
      expect(top[1]!.id).toBe(only.ids[i]);
    }
    model.dispose();
  });

  it("ends at stop strings and end tokens, and tells which", async () => {
    const model = make(tinyLlama());
    const [prompt] = prompts([4]) as [number[]];
    const plain = await alone(model, prompt, 12);
    const decode = (ids: number[]) => ids.map((id) => String.fromCharCode(65 + id)).join("");
    const stop = decode(plain).slice(3, 5);
    const results = await all(
      generateBatch(model, [
        { prompt, maxNewTokens: 12, stopStrings: { strings: [stop], decode } },
        { prompt, maxNewTokens: 12, eosTokenId: plain[2]! },
        { prompt, maxNewTokens: 0 },
      ]),
    );
    const at = decode(plain).indexOf(stop);
    expect(results.map(([only]) => [only!.ids, only!.stopped])).toEqual([
      [plain.slice(0, at + 2), "stop-string"],
      [plain.slice(0, plain.indexOf(plain[2]!) + 1), "eos"],
      [[], "length"],
    ]);
    model.dispose();
  });

  it("generates with attached factors, in evaluation, and leaves the model as it was", async () => {
    const model = make(tinyDeepseek());
    const lora = attachLora(model, { rank: 2, dropout: 0.5, generator: new Generator(3) });
    for (const factor of lora.parameters())
      factor.normal_({ std: 0.2, generator: new Generator(4) });
    model.train();
    const rows = prompts([6, 3]);
    const requests = rows.map((prompt) => ({ prompt, maxNewTokens: 5 }));
    const once = await all(generateBatch(model, requests));
    expect(await all(generateBatch(model, requests))).toEqual(once);
    expect([...model.modules()].every(({ training }) => training)).toBe(true);
    await lora.merge();
    const merged = await all(generateBatch(model, requests));
    expect(merged.map(([only]) => only!.ids)).toEqual(once.map(([only]) => only!.ids));
    model.dispose();
  });

  it("frees all that it made, after an abort too", async () => {
    const model = make(tinyDeepseekV3());
    await alone(model, [1, 2, 3], 2); // tables of angles stay with the model
    const before = memory();
    await alone(model, [1, 2, 3], 4);
    const stop = new AbortController();
    const run = generateBatch(model, [{ prompt: [1, 2] }, { prompt: [3] }], {
      signal: stop.signal,
    });
    await run.next();
    stop.abort(new Error("enough"));
    await expect(all(run)).rejects.toThrow("enough");
    const { bytes, storages } = memory();
    expect({ bytes, storages }).toEqual({ bytes: before.bytes, storages: before.storages });
    model.dispose();
  });

  it.each(families)(
    "leaves nothing of a model that is disposed afterwards (%s)",
    async (_, config) => {
      const { storages } = memory(); // garbage of other tests may go meanwhile
      const model = make(config());
      await alone(model, [1, 2, 3], 4);
      model.dispose();
      expect(memory().storages).toBeLessThanOrEqual(storages);
    },
  );

  it.each<[string, BatchRequest, string]>([
    ["an empty prompt", { prompt: [] }, "ERR_SHAPE"],
    ["an id outside the vocabulary", { prompt: [31] }, "ERR_RANGE"],
    ["a prompt beyond the context", { prompt: [1], maxNewTokens: 64 }, "ERR_RANGE"],
    ["half a sample", { prompt: [1], samples: 0.5 }, "ERR_RANGE"],
    ["more samples than sequences", { prompt: [1], samples: 17 }, "ERR_RANGE"],
    ["a negative number of alternatives", { prompt: [1], logProbabilities: -1 }, "ERR_RANGE"],
  ])("refuses %s", (_, request, code) => {
    const model = make(tinyLlama());
    const batch = new GenerationBatch(model);
    const thrown = (() => {
      try {
        batch.add(request);
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    expect(LmError.isInstance(thrown) && thrown.code).toBe(code);
    batch.dispose();
    expect(() => new GenerationBatch(model, { pageTokens: 6 })).toThrow(/pageTokens/);
    model.dispose();
  });
});
