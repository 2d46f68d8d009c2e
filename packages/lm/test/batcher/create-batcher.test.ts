import { getEventListeners } from "node:events";
import { Generator, memory, setBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Batcher,
  type BatcherEvent,
  type BatcherRequest,
  CausalLM,
  createBatcher,
  generate,
  LmError,
} from "../../src";
import { tinyLlama } from "../support/tiny-models";

let model: CausalLM;

beforeAll(() => {
  setBackend("wasm");
  model = new CausalLM(tinyLlama({ max_position_embeddings: 256 }), {
    generator: new Generator(7),
  });
});
afterAll(() => model.dispose());

const prompt = (length: number, salt = 0) =>
  Array.from({ length }, (_, i) => (salt * 11 + i * 7 + 3) % 31);

async function eventsOf(stream: AsyncIterable<BatcherEvent>): Promise<BatcherEvent[]> {
  const events: BatcherEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** The ids of each continuation. */
async function idsOf(batcher: Batcher, request: BatcherRequest): Promise<number[][]> {
  const ids = Array.from({ length: request.samples ?? 1 }, (): number[] => []);
  for (const event of await eventsOf(batcher.generate(request)))
    if (event.type === "token") ids[event.sample]!.push(event.id);
  return ids;
}

const codeOf = (error: unknown) => (LmError.isInstance(error) ? error.code : error);

describe("a batcher", () => {
  it("gives each caller what generate gives alone", async () => {
    const batcher = createBatcher(model, {
      maxSequences: 3,
      pageTokens: 4,
      promptTokensPerStep: 8,
    });
    const prompts = [1, 9, 40, 17, 2, 30].map((length, salt) => prompt(length, salt));
    const together = await Promise.all(
      prompts.map((own) => idsOf(batcher, { prompt: own, maxNewTokens: 9 })),
    );
    for (const [i, own] of prompts.entries()) {
      const run = generate(model, [own], { maxNewTokens: 9 });
      let next = await run.next();
      while (!next.done) next = await run.next();
      expect(together[i]).toEqual(next.value);
    }
    await batcher.close();
  });

  it("draws from each continuation's own seed, alone and in company", async () => {
    const batcher = createBatcher(model, { pageTokens: 4 });
    const ask = (seed: number, samples = 1) =>
      idsOf(batcher, { prompt: prompt(6), maxNewTokens: 12, temperature: 1, seed, samples });
    const alone = [await ask(1), await ask(2), await ask(1, 3)];
    expect(await Promise.all([ask(1), ask(2), ask(1, 3)])).toEqual(alone);
    expect(alone[2]![0]).toEqual(alone[0]![0]);
    expect(new Set(alone.flat().map(String)).size).toBe(4);
    await batcher.close();
  });

  it("shares the pages of a prefix, and gives the same tokens", async () => {
    const plain = createBatcher(model);
    const batcher = createBatcher(model, { prefixCache: 64, pageTokens: 8 });
    const system = prompt(35);
    const requests = [1, 2, 3].map((salt) => ({
      prompt: [...system, ...prompt(5, salt)],
      maxNewTokens: 10,
      prefixKey: salt === 3 ? "other" : "same",
    }));
    for (const request of requests)
      expect(await idsOf(batcher, request)).toEqual(await idsOf(plain, request));
    const numbers = await batcher.numbers();
    expect(numbers).toMatchObject({ cachedTokens: 32, promptTokens: 3 * 40 - 32, newTokens: 30 });
    expect(numbers.usedPages).toBe(numbers.keptPages);
    expect(numbers.keptPages).toBe(8);
    await batcher.close();
    expect((await batcher.numbers()).usedPages).toBe(0);
  });

  it("scores prompts, also without new tokens", async () => {
    const batcher = createBatcher(model, { promptTokensPerStep: 4, pageTokens: 4 });
    const ids = prompt(11);
    const request = { prompt: ids, maxNewTokens: 0, scorePrompt: true, logProbabilities: 2 };
    const [first, last] = await eventsOf(batcher.generate(request));
    expect(last).toEqual({ type: "end", sample: 0, reason: "length" });
    const scores = first?.type === "prompt" ? first.scores : [];
    expect(scores).toHaveLength(11);
    expect(scores[0]).toBe(null);
    for (const [i, score] of scores.slice(1).entries()) {
      const [event] = await eventsOf(
        batcher.generate({
          prompt: ids.slice(0, i + 1),
          maxNewTokens: 1,
          logitBias: { [ids[i + 1]!]: 100 },
          logProbabilities: 2,
        }),
      );
      const alone = event?.type === "token" ? event.score! : undefined;
      expect(score!.logProbability).toBeCloseTo(alone!.logProbability, 4);
      expect(score!.top.map(({ id }) => id)).toEqual(alone!.top.map(({ id }) => id));
    }
    await batcher.close();
  });

  it("refuses what would wait beyond the queue, and goes on with the others", async () => {
    const batcher = createBatcher(model, { maxSequences: 2, queue: 1 });
    const streams = [1, 2, 3, 4].map((salt) =>
      batcher.generate({ prompt: prompt(4, salt), maxNewTokens: 5 }),
    );
    const results = await Promise.allSettled(streams.map(eventsOf));
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
    ]);
    expect(codeOf((results[3] as PromiseRejectedResult).reason)).toBe("ERR_BUSY");
    expect(await batcher.numbers()).toMatchObject({ requests: 3, refused: 1, waiting: 0 });
    await batcher.close();
  });

  it("frees the rows and pages of whoever leaves, before the next step", async () => {
    const before = memory().bytes;
    const batcher = createBatcher(model, { pageTokens: 4 });
    const stop = new AbortController();
    const request = { prompt: prompt(10), maxNewTokens: 100 };
    const left = batcher.generate(request);
    const aborted = batcher.generate({ ...request, signal: stop.signal });
    const stays = batcher.generate({ ...request, maxNewTokens: 20 });
    await left.next();
    await left.return();
    await aborted.next();
    const { steps } = await batcher.numbers();
    stop.abort(new Error("enough"));
    await expect(eventsOf(aborted)).rejects.toThrow("enough");
    await stays.next();
    await stays.next();
    const numbers = await batcher.numbers();
    expect(numbers).toMatchObject({ running: 1 });
    expect(numbers.steps - steps).toBeLessThanOrEqual(2);
    expect(await eventsOf(stays)).toHaveLength(20 + 1 - 2);
    await batcher.close();
    expect(await batcher.numbers()).toMatchObject({ running: 0, usedPages: 0 });
    expect(memory().bytes).toBe(before);
  });

  it("puts one listener on a signal that many requests share, and ends them all", async () => {
    const batcher = createBatcher(model, { maxSequences: 4 });
    const stop = new AbortController();
    const { signal } = stop;
    const streams = Array.from({ length: 20 }, (_, salt) =>
      batcher.generate({ prompt: prompt(4, salt), maxNewTokens: 50, signal }),
    );
    await streams[0]!.next();
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    const all = Promise.allSettled(streams.map(eventsOf));
    stop.abort(new Error("enough"));
    for (const result of await all) expect(result).toMatchObject({ reason: stop.signal.reason });
    await batcher.close();
  });

  it("ends one continuation and keeps the others", async () => {
    const batcher = createBatcher(model);
    const stream = batcher.generate({ prompt: prompt(3), maxNewTokens: 30, samples: 3 });
    const seen: number[] = [];
    for await (const event of stream) {
      if (event.type !== "prompt") seen.push(event.sample);
      if (seen.length === 5) stream.stop(1);
    }
    expect(seen.filter((sample) => sample === 1)).toHaveLength(2);
    expect(seen.filter((sample) => sample === 2)).toHaveLength(31);
    await batcher.close();
  });
});
