import {
  CausalLM,
  createTokenizer,
  EncoderModel,
  embedTexts,
  parseConfig,
  parseEncoderConfig,
  type Tokenizer,
  trainBpe,
} from "@deepgrain/lm";
import { Generator, setBackend, zeros } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler, type ServedModel } from "../../src";
import { ask, type Json, post } from "../support/ask";
import { tinyChat, tinyEncoder } from "../support/models";

/** A decoder of bytes whose tokenizer ends each text, as Qwen3-Embedding's does. */
async function embedder(context = 64): Promise<{ encoder: CausalLM; tokenizer: Tokenizer }> {
  const specialTokens = ["<s>", "</s>"];
  const json = await trainBpe(["a"], { vocabSize: 258, specialTokens, minFrequency: 1 });
  const post_processor = {
    type: "TemplateProcessing",
    single: [{ Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "</s>", type_id: 0 } }],
    pair: [],
    special_tokens: { "</s>": { id: "</s>", ids: [1], tokens: ["</s>"] } },
  };
  const tokenizer = await createTokenizer({
    tokenizer: { ...json, post_processor } as never,
    config: { eos_token: "</s>" },
  });
  const sizes = { vocab_size: 258, max_position_embeddings: context };
  const config = parseConfig(tinyConfig("llama", sizes));
  return { encoder: new CausalLM(config, { generator: new Generator(3) }).eval(), tokenizer };
}

/** An encoder of bytes without a head, whose files say that 12 tokens are read. */
async function headless(): Promise<{ encoder: EncoderModel; tokenizer: Tokenizer }> {
  const { tokenizer } = await tinyEncoder();
  const architectures = ["BertModel"];
  const sizes = { vocab_size: 259, max_position_embeddings: 64, architectures };
  const encoder = new EncoderModel(parseEncoderConfig(tinyConfig("bert", sizes)), {
    generator: new Generator(5),
  }).eval();
  encoder.embedding = { pooling: "cls", normalize: false, maxLength: 12 };
  return { encoder, tokenizer };
}

/** A chat model that makes vectors as well. */
async function both(): Promise<ServedModel & Pick<Required<ServedModel>, "encoder">> {
  const chat = await tinyChat(64);
  return { ...chat, encoder: chat.model };
}

const input = ["a whale", "b", "longer one"];

describe("/v1/embeddings", () => {
  let handler: Handler;
  let models: Record<string, ServedModel>;
  beforeAll(async () => {
    setBackend("wasm");
    models = {
      headed: await tinyEncoder(),
      headless: await headless(),
      decoder: await embedder(),
      both: await both(),
      long: await embedder(2 ** 14),
      chat: await tinyChat(64),
    };
    handler = createHandler(models);
  });
  afterAll(() => handler.close());

  const embed = (model: string, more: object = {}) =>
    ask(handler, post("/v1/embeddings", { model, input, ...more }));

  it.each(["headed", "headless", "decoder", "both"])(
    "gives the vectors of embedTexts: %s",
    async (name) => {
      const { encoder, tokenizer } = models[name]!;
      const { status, body } = await embed(name);
      expect([status, body.model, body.data.length]).toEqual([200, name, 3]);
      for (const [i, { embedding, index }] of body.data.entries()) {
        const [vector] = await embedTexts(encoder!, tokenizer, [input[i]!]);
        expect(index).toBe(i);
        expect(embedding).toEqual(Array.from(vector!));
      }
      const ends = encoder instanceof CausalLM ? 0 : 2;
      const tokens = input.reduce((sum, text) => sum + tokenizer.encode(text).length + ends, 0);
      expect(body.usage).toEqual({ prompt_tokens: tokens, total_tokens: tokens });
    },
  );

  it("reads the end token of a decoder's tokenizer", async () => {
    const { tokenizer } = models.decoder!;
    expect(tokenizer.encode("b")).toEqual([expect.any(Number), tokenizer.eosTokenId]);
    const { body } = await embed("decoder", { input: "b" });
    expect(body.usage.prompt_tokens).toBe(2);
  });

  it("writes vectors as base64 of little-endian floats", async () => {
    const floats = await embed("decoder");
    const { body } = await embed("decoder", { encoding_format: "base64" });
    for (const [i, { embedding }] of body.data.entries()) {
      const bytes = Uint8Array.from(atob(embedding), (char) => char.charCodeAt(0));
      expect(Array.from(new Float32Array(bytes.buffer))).toEqual(floats.body.data[i].embedding);
    }
  });

  it("lets a chat model that makes vectors chat as well", async () => {
    const messages = [{ role: "user", content: "a" }];
    const request = post("/v1/chat/completions", { model: "both", messages, max_tokens: 2 });
    const [chatted, embedded] = await Promise.all([ask(handler, request), embed("both")]);
    expect([chatted.status, embedded.status]).toEqual([200, 200]);
  });

  it.each<[string, string, object, Json]>([
    ["a model that makes none", "chat", {}, { param: "model" }],
    ["an empty text", "decoder", { input: ["a", ""] }, { param: "input[1]" }],
    ["no texts", "decoder", { input: [] }, { param: "input" }],
    ["too many", "decoder", { input: Array(2049).fill("a") }, { param: "input" }],
    ["another size", "decoder", { dimensions: 8 }, { param: "dimensions" }],
    ["another form", "decoder", { encoding_format: "hex" }, { param: "encoding_format" }],
    [
      "a text beyond the model's longest, end token included",
      "decoder",
      { input: "a".repeat(64) },
      {
        param: "input",
        code: "context_length_exceeded",
        message: expect.stringMatching(/is 64 tokens, but input has at least 65/),
      },
    ],
    [
      "a text beyond what the files say, special tokens included",
      "headless",
      { input: ["a", "a".repeat(11)] },
      {
        param: "input[1]",
        code: "context_length_exceeded",
        message: expect.stringMatching(/is 12 tokens, but input\[1\] has at least 13/),
      },
    ],
    [
      "a text beyond the API's longest, unread",
      "long",
      { input: "a".repeat(9000) },
      { code: "context_length_exceeded", message: expect.stringMatching(/is 8192 tokens/) },
    ],
  ])("refuses %s", async (_, model, more, error) => {
    const { status, body } = await embed(model, more);
    expect(status).toBe(400);
    expect(body.error).toMatchObject(error);
  });

  it("takes a text of exactly the longest, and the model's own size as dimensions", async () => {
    const longest = await embed("headless", { input: "a".repeat(10) });
    expect(longest.body.usage.prompt_tokens).toBe(12);
    expect((await embed("decoder", { input: "a".repeat(63), dimensions: 16 })).status).toBe(200);
  });
});

it("ends a request whose texts have more tokens together than the API allows", async () => {
  const { tokenizer } = await tinyEncoder();
  const sizes = { vocab_size: 259, max_position_embeddings: 8192 };
  const encoder = new EncoderModel(parseEncoderConfig(tinyConfig("bert", sizes)));
  let reads = 0;
  encoder.hiddenStates = ({ batch, length }) => {
    reads++;
    return zeros([batch, length, 1]);
  };
  const handler = createHandler({ encoder: { encoder, tokenizer } });
  const input = Array(60).fill("a".repeat(8190));
  const { status, body } = await ask(handler, post("/v1/embeddings", { model: "encoder", input }));
  expect([status, body.error.param, reads]).toEqual([400, "input", Math.ceil(300_001 / 8192)]);
  await handler.close();
});

it("refuses an encoder of another tokenizer, and what makes no vectors", async () => {
  const { tokenizer } = await tinyEncoder();
  const config = parseEncoderConfig(tinyConfig("bert", { vocab_size: 40 }));
  const small = new EncoderModel(config);
  for (const encoder of [small, {} as EncoderModel])
    expect(() => createHandler({ one: { encoder, tokenizer } })).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT", message: expect.stringContaining("one") }),
    );
});
