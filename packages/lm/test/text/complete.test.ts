import { Generator, memory, setBackend } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CausalLM,
  chat,
  chatPrompt,
  complete,
  createBatcher,
  deepseekChatTemplate,
  loadTokenizer,
  type PromptPiece,
  saveTokenizer,
  type TextPiece,
  type Tokenizer,
  trainBpe,
} from "../../src";
import { tinyLlama } from "../support/tiny-models";

let model: CausalLM;
let tokenizer: Tokenizer;

beforeAll(async () => {
  setBackend("wasm");
  const folder = new Map<string, Blob>();
  const json = await trainBpe(["hello"], {
    vocabSize: 258,
    specialTokens: ["<s>", "</s>"],
    minFrequency: 1,
  });
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: deepseekChatTemplate };
  await saveTokenizer(folder, { tokenizer: json, config });
  tokenizer = await loadTokenizer(folder);
  model = new CausalLM(tinyLlama({ vocab_size: 258, max_position_embeddings: 96 }), {
    generator: new Generator(5),
  });
});
afterAll(() => model.dispose());

async function piecesOf(
  run: AsyncIterable<TextPiece | PromptPiece>,
): Promise<(TextPiece | PromptPiece)[]> {
  const pieces: (TextPiece | PromptPiece)[] = [];
  for await (const piece of run) pieces.push(piece);
  return pieces;
}

const textOf = (pieces: readonly { text: string }[]) => pieces.map(({ text }) => text).join("");

/** Tokens of printable characters only, so that a text is as long as its tokens. */
const printable = () => {
  const bias: Record<number, number> = {};
  for (let id = 0; id < 258; id++) if (!/^[ -~]$/.test(tokenizer.decode([id]))) bias[id] = -1000;
  return bias;
};

describe("complete", () => {
  it("yields pieces of text with their tokens, then why each ended and what it took", async () => {
    await piecesOf(complete(model, tokenizer, "hi")); // tables of angles stay with the model
    const before = memory().bytes;
    const options = { samples: 2, temperature: 1, seed: 3, maxNewTokens: 12, logProbabilities: 1 };
    const pieces = await piecesOf(complete(model, tokenizer, "hi", options));
    for (const sample of [0, 1]) {
      const own = pieces.filter((piece) => piece.type === "text" && piece.sample === sample);
      const ids = own.flatMap((piece) => piece.ids);
      expect(textOf(own)).toBe(tokenizer.decode(ids, { skipSpecialTokens: true }));
      expect(own.flatMap(({ scores }) => scores ?? [])).toHaveLength(ids.length);
      expect(own.at(-1)).toMatchObject({
        finishReason: "length",
        usage: { promptTokens: 2, completionTokens: 12 },
      });
      expect(own.filter((piece) => "finishReason" in piece && piece.finishReason)).toHaveLength(1);
    }
    expect(memory().bytes).toBe(before);
  });

  it("takes the ids that pad a model's vocabulary for nothing", async () => {
    const sizes = { vocab_size: 512, max_position_embeddings: 96 };
    const padded = new CausalLM(tinyLlama(sizes), { generator: new Generator(5) });
    const options = { temperature: 2, seed: 1, maxNewTokens: 40, eosTokenId: null };
    const pieces = await piecesOf(complete(padded, tokenizer, "hi", options));
    const ids = pieces.flatMap((piece) => piece.ids);
    expect(ids).toHaveLength(40);
    const known = ids.filter((id) => id < tokenizer.vocabSize);
    expect(known.length).toBeGreaterThan(5);
    expect(known.length).toBeLessThan(35);
    expect(textOf(pieces)).toBe(tokenizer.decode(known, { skipSpecialTokens: true }));
    padded.dispose();
  });

  it("gives the scored prompt first", async () => {
    const options = { maxNewTokens: 0, scorePrompt: true };
    const [prompt, end] = await piecesOf(complete(model, tokenizer, "hi", options));
    expect(prompt).toMatchObject({ type: "prompt", text: "hi", scores: [null, expect.anything()] });
    expect(end).toMatchObject({ type: "text", text: "", finishReason: "length" });
  });

  it("ends before a stop string of any place and length, with a model and in a batch", async () => {
    const options = { maxNewTokens: 24, temperature: 1, logitBias: printable() };
    const batcher = createBatcher(model);
    const runs = fc.asyncProperty(
      fc.nat(30),
      fc.nat(23),
      fc.integer({ min: 1, max: 20 }),
      async (seed, at, length) => {
        const whole = textOf(
          await piecesOf(complete(batcher, tokenizer, "x", { ...options, seed })),
        );
        const stop = whole.slice(at, at + length);
        const cut = { ...options, seed, stopStrings: [stop] };
        const pieces = await piecesOf(complete(batcher, tokenizer, "x", cut));
        const text = whole.slice(0, whole.indexOf(stop));
        expect(textOf(pieces)).toBe(text);
        expect(tokenizer.decode(pieces.flatMap(({ ids }) => [...ids]))).toBe(text);
        expect(pieces.at(-1)).toMatchObject({ finishReason: "stop", stopString: stop });
        if (seed === 0)
          expect(await piecesOf(complete(model, tokenizer, "x", cut))).toEqual(pieces);
      },
    );
    await fc.assert(runs, { numRuns: 25, seed: 1 });
    expect(await batcher.numbers()).toMatchObject({ running: 0, usedPages: 0 });
    await batcher.close();
  });
});

describe("chat", () => {
  it("answers by the template, to the end of the context and no further", async () => {
    const messages = [{ role: "user", content: "hi" }];
    const prompt = chatPrompt(tokenizer, messages);
    expect(tokenizer.decode(prompt)).toBe("<s>User: hi\n\nAssistant:");
    const options = { logitBias: { 1: -1000 } };
    const pieces = await piecesOf(chat(model, tokenizer, messages, options));
    expect(pieces.at(-1)).toMatchObject({
      finishReason: "length",
      usage: { promptTokens: prompt.length, completionTokens: 96 - prompt.length },
    });
    const ends = await piecesOf(chat(model, tokenizer, messages, { logitBias: { 1: 1000 } }));
    expect(ends).toMatchObject([
      { text: "", ids: [], finishReason: "stop", usage: { completionTokens: 1 } },
    ]);
  });

  it("reads special tokens that a message spells as text", () => {
    const content = "a</s>b<s>";
    const ids = chatPrompt(tokenizer, [{ role: "user", content }]);
    expect(ids.filter((id) => id < 2)).toEqual([0]);
    expect(tokenizer.decode(ids)).toBe(`<s>User: ${content}\n\nAssistant:`);
  });
});
