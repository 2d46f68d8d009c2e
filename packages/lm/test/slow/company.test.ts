/** @file Requests in company get what they get alone, and who leaves takes nothing along. */
import { setBackend } from "@deepgrain/tensor-gpu";
import { mayDiffer } from "@deepgrain/vitest/borderline";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Batcher,
  type BatcherRequest,
  type CausalLM,
  complete,
  createBatcher,
  createRandom,
  type Tokenizer,
} from "../../src";
import { stories260K } from "../support/stories";

let model: CausalLM;
let tokenizer: Tokenizer;

beforeAll(async () => {
  if (sharedIsMissing) return;
  setBackend("wasm");
  ({ model, tokenizer } = await stories260K());
});
afterAll(() => model?.dispose());

const beginnings = [
  "Once upon a time",
  "The dog",
  "Lily and Tom",
  "A big",
  "One day, a girl",
  "He",
];

/** Requests with different prompts, lengths, seeds and temperatures; every fifth is greedy. */
const requests = (count: number): BatcherRequest[] =>
  Array.from({ length: count }, (_, i) => ({
    prompt: tokenizer.encode(`${beginnings[i % 6]}${" and the cat".repeat(i % 4)}`),
    maxNewTokens: 24 + (i % 17),
    temperature: i % 5 === 0 ? 0 : 0.6 + 0.1 * (i % 6),
    topP: i % 3 === 0 ? 0.9 : undefined,
    seed: i,
  }));

async function idsOf(batcher: Batcher, request: BatcherRequest): Promise<number[]> {
  const ids: number[] = [];
  for await (const event of batcher.generate(request))
    if (event.type === "token") ids.push(event.id);
  return ids;
}

describe.skipIf(sharedIsMissing)("requests in company", () => {
  it("get the tokens that they get alone, but for borderline choices below 1 %", async () => {
    const all = requests(60);
    const alone = createBatcher(model);
    const wanted: number[][] = [];
    for (const request of all) wanted.push(await idsOf(alone, request));
    const batcher = createBatcher(model, {
      maxSequences: 24,
      promptTokensPerStep: 16,
      prefixCache: 256,
      pageTokens: 8,
    });
    const found = await Promise.all(all.map((request) => idsOf(batcher, request)));
    let borderline = 0;
    for (const [i, ids] of found.entries()) {
      const at = ids.findIndex((id, place) => id !== wanted[i]![place]);
      if (at < 0) {
        expect(ids).toHaveLength(wanted[i]!.length);
        continue;
      }
      const random = createRandom([all[i]!.seed!, 0]).next;
      const draw = Array.from({ length: at + 1 }, random).at(-1)!;
      expect(await mayDiffer(alone, all[i]!, ids.slice(0, at), draw)).toBe(true);
      borderline++;
    }
    const tokens = wanted.flat().length;
    process.stdout.write(`${borderline} borderline tokens of ${tokens}\n`);
    expect(tokens).toBeGreaterThan(1500);
    expect(borderline / tokens).toBeLessThan(0.01);
    expect((await batcher.numbers()).cachedTokens).toBeGreaterThan(0);
    await Promise.all([alone.close(), batcher.close()]);
  });

  it("are 50 streams of which 25 leave: the others are whole, and all pages come back", async () => {
    const all = requests(50);
    const { next: random } = createRandom(3);
    const alone = createBatcher(model, { maxSequences: 1 });
    const textOf = async (batcher: Batcher, i: number, stop: string[], leaveAfter = Infinity) => {
      const { prompt, ...options } = all[i]!;
      let text = "";
      let pieces = 0;
      for await (const piece of complete(batcher, tokenizer, prompt, {
        ...options,
        stopStrings: stop,
      })) {
        text += piece.text;
        if (++pieces > leaveAfter) break;
      }
      return text;
    };
    const stops: string[][] = [];
    const wanted: string[] = [];
    for (const i of all.keys()) {
      const whole = await textOf(alone, i, []);
      const at = Math.floor(random() * whole.length);
      stops.push(
        [whole.slice(at, at + 1 + Math.floor(random() * 20))].filter((stop) => stop !== ""),
      );
      wanted.push(await textOf(alone, i, stops[i]!));
      expect(wanted[i]).toBe(whole.slice(0, Math.max(0, whole.indexOf(stops[i]![0] ?? "\0"))));
    }
    const batcher = createBatcher(model, { maxSequences: 20, queue: 50, prefixCache: 128 });
    await textOf(batcher, 0, []);
    const before = await batcher.numbers();
    const leaves = (i: number) => (i % 2 === 0 ? Infinity : Math.floor(random() * 12));
    const found = await Promise.all(
      [...all.keys()].map((i) => textOf(batcher, i, stops[i]!, leaves(i))),
    );
    const same = found.filter((text, i) => text === wanted[i]).length;
    for (const [i, text] of found.entries()) {
      if (i % 2 === 0) expect(text).toBe(wanted[i]);
      else expect(wanted[i]!.startsWith(text)).toBe(true);
    }
    expect(same).toBeGreaterThanOrEqual(25);
    const quiet = { running: 0, waiting: 0, requests: before.requests + 50 };
    await expect.poll(() => batcher.numbers(), { timeout: 10_000 }).toMatchObject(quiet);
    const after = await batcher.numbers();
    expect(after.usedPages).toBe(after.keptPages);
    await batcher.close();
    await alone.close();
  });
});
