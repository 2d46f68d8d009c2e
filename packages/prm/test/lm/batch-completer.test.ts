import { describe, expect, it } from "vitest";
import type { Completion } from "../../src/completers/completer";
import { batchCompleter } from "../../src/lm/batch-completer";
import { asciiTokenizer, tinyLm } from "../support/tiny-lm";

const model = tinyLm(5);
const completer = batchCompleter(model, { tokenizer: asciiTokenizer, maxTokens: 12 });
const ask = async (problem: string, seeds: number[], more = {}) =>
  (await completer({ problem, steps: [] }, { seeds, ...more })) as Completion[];

describe("batchCompleter", () => {
  it("makes a completion per seed that depends on its seed alone", async () => {
    const all = await ask("1+1?", [7, 8, 9]);
    const [only] = await ask("1+1?", [8]);
    expect(all.map(({ text }) => text)).toHaveLength(3);
    expect(only!.text).toBe(all[1]!.text);
    expect(all[0]!.text).not.toBe(all[1]!.text);
    expect(all[0]).toMatchObject({ promptTokens: 5, completionTokens: 12, finishReason: "length" });
  });

  it("serves calls that come while others are at work", async () => {
    const alone = [await ask("a?", [1, 2]), await ask("bb?", [3]), await ask("ccc?", [4, 5])];
    const later = new Promise<Completion[]>((resolve) =>
      setImmediate(() => resolve(ask("ccc?", [4, 5]))),
    );
    const together = await Promise.all([ask("a?", [1, 2]), ask("bb?", [3]), later]);
    expect(together).toEqual(alone);
  });

  it("makes more completions of a prefix than it advances together", async () => {
    const narrow = batchCompleter(model, {
      tokenizer: asciiTokenizer,
      maxTokens: 12,
      maxSequences: 2,
    });
    const seeds = [7, 8, 9, 10, 11];
    const texts = await narrow({ problem: "1+1?", steps: [] }, { seeds });
    expect(texts).toEqual(await ask("1+1?", seeds));
  });

  it("ends at stop strings without them", async () => {
    const [whole] = await ask("1+1?", [7]);
    const stop = whole!.text[4]!;
    const [cut] = await ask("1+1?", [7], { stop: [stop] });
    expect(cut).toMatchObject({ finishReason: "stop" });
    expect(cut!.text).toBe(whole!.text.slice(0, whole!.text.indexOf(stop)));
  });

  it("keeps within the tokens asked for, and takes the likeliest ones at temperature 0", async () => {
    expect((await ask("1+1?", [7], { maxTokens: 3 }))[0]!.completionTokens).toBe(3);
    const textsAt = async (temperature: number) => {
      const cold = batchCompleter(model, { tokenizer: asciiTokenizer, maxTokens: 6, temperature });
      const all = await cold({ problem: "x", steps: [] }, { seeds: [1, 2] });
      return (all as Completion[]).map(({ text }) => text);
    };
    const [first, second] = await textsAt(0);
    expect(first).toBe(second);
    expect(await textsAt(1e-6)).toEqual([first, second]);
  });

  it("stops with the signal's reason, and goes on for others", async () => {
    const controller = new AbortController();
    const stopped = ask("1+1?", [1], { signal: controller.signal });
    const other = ask("a?", [1, 2]);
    setImmediate(() => controller.abort(new Error("enough")));
    await expect(stopped).rejects.toThrow("enough");
    expect(await other).toEqual(await ask("a?", [1, 2]));
  });

  it("refuses a prefix that leaves no room, and options out of range", async () => {
    await expect(ask("x".repeat(127), [1])).rejects.toThrow(/exceed the model's 128 positions/);
    expect(() => batchCompleter(model, { tokenizer: asciiTokenizer, maxTokens: 0 })).toThrow(
      /maxTokens/,
    );
    expect(() => batchCompleter(model, { tokenizer: asciiTokenizer, temperature: -1 })).toThrow(
      /temperature/,
    );
  });
});
