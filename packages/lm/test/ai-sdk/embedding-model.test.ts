import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { cosineSimilarity, embed, embedMany } from "ai";
import { beforeAll, describe, expect, it } from "vitest";
import {
  CausalLM,
  createTokenizer,
  EncoderModel,
  embedTexts,
  loadEncoder,
  loadTokenizer,
  longestText,
  type Tokenizer,
  trainBpe,
} from "../../src";
import { embeddingModel } from "../../src/ai-sdk";
import { tinyEncoder } from "../encoder/tiny-encoder";
import { tinyLlama } from "../support/tiny-models";

const folder = fileURLToPath(new URL("../fixtures/encoders/minilm", import.meta.url));
const golden: { texts: string[]; ids: number[][]; mean_normalized: number[][] } = JSON.parse(
  readFileSync(`${folder}/golden.json`, "utf8"),
);
const VECTOR = { rtol: 0, atol: 1e-5 };

/** The golden texts that the model reads whole. */
const whole = golden.ids.flatMap((ids, i) => (ids.length < 12 ? [i] : []));

let encoder: EncoderModel;
let tokenizer: Tokenizer;
let decoder: CausalLM;
let ended: Tokenizer;
beforeAll(async () => {
  setBackend("js");
  encoder = await loadEncoder(folder);
  tokenizer = await loadTokenizer(folder);
  const json = await trainBpe(golden.texts, { vocabSize: 280, specialTokens: ["<s>", "</s>"] });
  const post_processor = {
    type: "TemplateProcessing",
    single: [{ Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "</s>", type_id: 0 } }],
    pair: [],
    special_tokens: { "</s>": { id: "</s>", ids: [1], tokens: ["</s>"] } },
  };
  ended = await createTokenizer({
    tokenizer: { ...json, post_processor } as never,
    config: { eos_token: "</s>" },
  });
  decoder = new CausalLM(tinyLlama({ vocab_size: 300 }), { generator: new Generator(1) });
});

describe("embeddings of the AI SDK", () => {
  it("are the reference vectors of a sentence encoder, one and many", async () => {
    const model = embeddingModel(encoder, tokenizer);
    const values = whole.map((i) => golden.texts[i]!);
    expect(values.length).toBeGreaterThan(1);
    const { embeddings, usage } = await embedMany({ model, values });
    for (const [i, at] of whole.entries())
      expect(embeddings[i]).toBeAllclose(golden.mean_normalized[at]!, VECTOR);
    expect(usage.tokens).toBe(whole.reduce((sum, i) => sum + golden.ids[i]!.length, 0));
    const one = await embed({ model, value: values[0]! });
    expect(cosineSimilarity(one.embedding, embeddings[0]!)).toBeCloseTo(1, 6);
    expect([model.modelId, model.provider]).toEqual(["bert", "deepgrain"]);
  });

  it("are those of embedTexts for a decoder, its end token included", async () => {
    const values = ["the cat", "a dog ran"];
    for (const options of [{}, { pooling: "mean", normalize: false } as const]) {
      const model = embeddingModel(decoder, ended, { ...options, modelId: "tiny" });
      const { embeddings, usage } = await embedMany({ model, values });
      const vectors = await embedTexts(decoder, ended, values, options);
      for (const [i, vector] of vectors.entries())
        expect(embeddings[i]).toBeAllclose(vector, { rtol: 0, atol: 0 });
      expect(usage.tokens).toBe(values.reduce((sum, text) => sum + ended.encode(text).length, 0));
      expect(model.modelId).toBe("tiny");
    }
    expect(ended.encode("a").at(-1)).toBe(ended.eosTokenId);
  });

  it("are those of an encoder with a head", async () => {
    const config = tinyEncoder({ vocab_size: tokenizer.vocabSize });
    const classifier = new EncoderModel(config, { generator: new Generator(2) });
    const { embedding } = await embed({
      model: embeddingModel(classifier, tokenizer),
      value: "the cat",
    });
    const [vector] = await embedTexts(classifier, tokenizer, ["the cat"]);
    expect(embedding).toEqual(Array.from(vector!));
  });

  it("may be asked for by 2048 texts per call, one call at a time", () => {
    const { maxEmbeddingsPerCall, supportsParallelCalls } = embeddingModel(decoder, ended);
    expect([maxEmbeddingsPerCall, supportsParallelCalls]).toEqual([2048, false]);
  });
});

describe("bad input of embeddingModel", () => {
  const asked = (values: unknown, more: object = {}) =>
    embeddingModel(encoder, tokenizer).doEmbed({ values, ...more } as never);

  it.each<[string, unknown, string, string]>([
    ["no texts", [], "ERR_RANGE", "values must have 1 to 2048 texts, got 0"],
    ["too many", Array(2049).fill("a"), "ERR_RANGE", "values must have 1 to 2048 texts, got 2049"],
    ["an empty text", ["a", ""], "ERR_RANGE", "values[1] must not be empty"],
    ["what is no text", ["a", 5], "ERR_ARGUMENT", "values[1] must be a text, got 5"],
    ["what is no list", "a", "ERR_ARGUMENT", 'values must be a list, got "a"'],
    [
      "a text that is too long",
      ["the", "the cat ".repeat(9)],
      "ERR_RANGE",
      "values[1] must have at most 12 tokens, got at least",
    ],
  ])("is refused: %s", async (_, values, code, message) => {
    await expect(asked(values)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`lm/embeddingModel: ${message}`),
    });
  });

  it("counts special tokens as part of the longest text", async () => {
    expect(longestText(encoder)).toBe(12);
    const most = "the ".repeat(10).trim();
    expect(tokenizer.encode(most, { addSpecialTokens: false })).toHaveLength(10);
    expect((await asked([most])).usage).toEqual({ tokens: 12 });
    await expect(asked([`${most} the`])).rejects.toMatchObject({
      fields: { maxTokens: 12, leastTokens: 13 },
    });
    expect(longestText(decoder)).toBe(decoder.config.maxPositionEmbeddings);
  });

  it("is a model without states, another tokenizer, an option that does not exist", () => {
    const make = (...given: unknown[]) => {
      try {
        return (embeddingModel as (...given: unknown[]) => unknown)(...given);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(make({}, tokenizer)).toBe("ERR_ARGUMENT");
    expect(make(encoder, {})).toBe("ERR_ARGUMENT");
    expect(make(encoder, tokenizer, { pooling: "max" })).toBe("ERR_ARGUMENT");
    expect(make(encoder, tokenizer, { dimensions: 3 })).toBe("ERR_ARGUMENT");
    expect(make(new CausalLM(tinyLlama({ vocab_size: 9 })), ended)).toBe("ERR_MISMATCH");
  });

  it("ends when it is aborted, and warns of what changes nothing", async () => {
    const abortSignal = AbortSignal.abort(new Error("enough"));
    await expect(asked(["a"], { abortSignal })).rejects.toThrow("enough");
    const { warnings } = await asked(["a"], { providerOptions: { deepgrain: { dimensions: 2 } } });
    expect(warnings).toEqual([{ type: "unsupported", feature: "providerOptions.deepgrain" }]);
  });
});
