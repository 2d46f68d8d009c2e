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

describe.skipIf(sharedIsMissing)("fifty streams at once", () => {
  let handler: Handler;
  const alone: { text: string; finish_reason: string }[] = [];
  beforeAll(async () => {
    const batcher = { maxSequences: 16, queue: 64 };
    handler = createHandler({ stories: await stories() }, { batcher });
    for (const request of requests)
      alone.push((await ask(handler, post("/v1/completions", request))).body.choices[0]);
  });
  afterAll(() => handler?.close());

  const stream = (request: object, signal?: AbortSignal) =>
    handler(post("/v1/completions", { ...request, stream: true }, signal ? { signal } : {}));

  it("are each the text of the same request alone: none is lost, mixed or cut", async () => {
    const answers = await Promise.all(
      requests.map(async (request) => chunksOf(await stream(request))),
    );
    let different = 0;
    for (const [i, chunks] of answers.entries()) {
      const choices = chunks.flatMap(({ choices }: Json) => choices);
      const text = choices.map(({ text }) => text).join("");
      expect(choices.at(-1).finish_reason).toMatch(/^(stop|length)$/);
      if (text !== alone[i]!.text || choices.at(-1).finish_reason !== alone[i]!.finish_reason)
        different++;
    }
    // A token whose rivals lie closer than sums differ in another order may change a text.
    expect(different).toBeLessThanOrEqual(1);
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
