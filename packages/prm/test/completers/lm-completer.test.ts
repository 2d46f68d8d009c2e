import { CausalLM, generate, multinomial, parseConfig } from "@deepgrain/lm";
import { describe, expect, it } from "vitest";
import { complete } from "../../src/completers/completer";
import { lmCompleter } from "../../src/completers/lm-completer";

/** Bytes as tokens: the smallest tokenizer there is. */
const tokenizer = {
  encode: (value: string) => [...new TextEncoder().encode(value)],
  decode: (ids: ArrayLike<number>) => String.fromCharCode(...Array.from(ids)),
};
const sizes = { vocab_size: 256, hidden_size: 16, num_hidden_layers: 1, num_attention_heads: 2 };
const model = new CausalLM(
  parseConfig({ model_type: "llama", intermediate_size: 32, eos_token_id: 7, ...sizes }),
);
const prefix = { problem: "p", steps: ["a"] };
const completer = lmCompleter(
  { generate, model, tokenizer, sampler: multinomial },
  { maxTokens: 12 },
);

describe("the completer of our own models", () => {
  it("gives each seed the same completion, alone and in a batch", async () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const batch = await complete(completer, prefix, { seeds });
    for (const [i, seed] of seeds.entries())
      expect((await complete(completer, prefix, { seeds: [seed] }))[0]).toEqual(batch[i]);
    expect(new Set(batch.map(({ text }) => text)).size).toBe(8);
    expect(batch[0]).toMatchObject({
      promptTokens: 4,
      finishReason: "length",
      completionTokens: 12,
    });
  });

  it("cuts at stop strings and honours a smaller limit", async () => {
    const [whole] = await complete(completer, prefix, { seeds: [1] });
    const stop = whole!.text.slice(3, 5);
    const [cut] = await complete(completer, prefix, { seeds: [1], stop: [stop] });
    expect(cut).toMatchObject({
      text: whole!.text.slice(0, whole!.text.indexOf(stop)),
      finishReason: "stop",
    });
    const [short] = await complete(completer, prefix, { seeds: [1], maxTokens: 2 });
    expect(short!.text).toBe(whole!.text.slice(0, 2));
  });

  it("refuses a limit below 1", () => {
    const tools = { generate, model, tokenizer, sampler: multinomial };
    expect(() => lmCompleter(tools, { maxTokens: 0 })).toThrow(/maxTokens/);
  });
});
