import { type Batcher, type BatcherRequest, createBatcher, createRandom } from "@deepgrain/lm";
import { mayDiffer } from "@deepgrain/vitest/borderline";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, chunksOf, type Json, metric, PATIENCE, post } from "../support/ask";
import { stories } from "../support/models";

const words = ["girl", "play", "to the", "big", "She", ". ", "happy", "was", "park", "mom"];

/** Requests that differ in prompt, seed and stop strings. */
const requests = Array.from({ length: 50 }, (_, i) => ({
  model: "stories",
  prompt: `${["Once upon a time", "Lily and", "The dog", "One day", "Tom"][i % 5]} ${words[i % 10]}`,
  seed: i,
  temperature: i % 3 === 0 ? 0 : 0.8,
  top_p: 0.95,
  stop: i % 2 === 0 ? [words[(i * 7) % 10]!, words[(i * 3 + 1) % 10]!] : null,
  max_tokens: 24 + (i % 4) * 8,
}));

/** A request as the batcher got it, and its new tokens. */
interface Run {
  request: BatcherRequest;
  ids: number[];
}

/** A batcher that notes what it does, by the seeds of its requests. */
function recording(batcher: Batcher): { batcher: Batcher; runs: Map<number, Run> } {
  const runs = new Map<number, Run>();
  const generate = (request: BatcherRequest) => {
    const stream = batcher.generate(request);
    const ids: number[] = [];
    runs.set(request.seed!, { request, ids });
    const next = stream.next.bind(stream);
    stream.next = async () => {
      const result = await next();
      if (!result.done && result.value.type === "token") ids.push(result.value.id);
      return result;
    };
    return stream;
  };
  const numbers = () => batcher.numbers();
  return { batcher: { generate, numbers, close: () => batcher.close() }, runs };
}

/** The text of a stream's only choice, and why it ends. */
function answerOf(chunks: Json[]): { text: string; finish_reason: string } {
  const choices = chunks.flatMap(({ choices }: Json) => choices);
  const text = choices.map(({ text }) => text).join("");
  return { text, finish_reason: choices.at(-1).finish_reason };
}

describe.skipIf(sharedIsMissing)("fifty streams at once", () => {
  let handler: Handler;
  let batcher: Batcher;
  let runs: Map<number, Run>;
  const alone: { text: string; finish_reason: string; ids: number[] }[] = [];
  beforeAll(async () => {
    const { model, tokenizer } = await stories();
    const contextLength = model.config.maxPositionEmbeddings;
    ({ batcher, runs } = recording(createBatcher(model, { maxSequences: 16, queue: 64 })));
    handler = createHandler({ stories: { batcher, contextLength, tokenizer } });
    for (const request of requests) {
      const { text, finish_reason } = (await ask(handler, post("/v1/completions", request))).body
        .choices[0];
      alone.push({ text, finish_reason, ids: runs.get(request.seed)!.ids });
    }
  });
  afterAll(async () => {
    await handler?.close();
    await batcher?.close();
  });

  const stream = (request: object, signal?: AbortSignal) =>
    handler(post("/v1/completions", { ...request, stream: true }, signal ? { signal } : {}));

  it("are each the text of the same request alone: none is lost, mixed or cut", async () => {
    const answers = await Promise.all(
      requests.map(async (request) => chunksOf(await stream(request))),
    );
    let borderline = 0;
    for (const [i, chunks] of answers.entries()) {
      const { ids, ...wanted } = alone[i]!;
      const { request, ids: found } = runs.get(i)!;
      const at = found.findIndex((id, place) => id !== ids[place]);
      if (at < 0) {
        expect(answerOf(chunks)).toEqual(wanted);
        expect(found).toEqual(ids);
        continue;
      }
      // Sums in another order may turn the choice between near rivals; what follows is then another text.
      const draw = Array.from({ length: at + 1 }, createRandom([i, 0]).next).at(-1)!;
      expect(await mayDiffer(batcher, request, found.slice(0, at), draw), `${i}`).toBe(true);
      expect(answerOf(chunks).finish_reason).toMatch(/^(stop|length)$/);
      borderline++;
    }
    const tokens = alone.flatMap(({ ids }) => ids).length;
    expect(tokens).toBeGreaterThan(1000);
    expect(borderline / tokens).toBeLessThan(0.01);
  });

  it("leave nothing behind when half of them leave at random places", async () => {
    const stops = requests.map(() => new AbortController());
    const results = await Promise.allSettled(
      requests.map(async (request, i) => {
        const leaves = i % 2 === 0;
        const response = await stream({ ...request, stop: null }, stops[i]!.signal);
        if (!leaves) return chunksOf(response);
        const reader = response.body!.getReader();
        for (let read = 0; read < 1 + ((i * 5) % 17); read++) await reader.read();
        if (i % 4 === 0) stops[i]!.abort();
        else await reader.cancel();
        return [];
      }),
    );
    expect(results.filter(({ status }) => status === "rejected")).toEqual([]);
    for (const [i, result] of results.entries())
      if (i % 2 === 1 && result.status === "fulfilled")
        expect(result.value.at(-1).choices[0].finish_reason).toMatch(/^(stop|length)$/);
    await expect.poll(() => metric(handler, "running_sequences"), PATIENCE).toBe(0);
    expect(await metric(handler, "waiting_sequences")).toBe(0);
    expect(await metric(handler, "used_pages")).toBe(0);
  });
});
