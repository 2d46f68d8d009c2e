import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { generateText, jsonSchema, Output, streamText } from "ai";
import { beforeAll, describe, expect, it } from "vitest";
import {
  CausalLM,
  chat,
  createBatcher,
  createTokenizer,
  parseConfig,
  type Tokenizer,
  tokenizerConfig,
  trainBpe,
} from "../../src";
import { deepgrain } from "../../src/ai-sdk";

const template =
  "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}";
const texts = [
  "user: the cat sat on the mat",
  "assistant: a dog ran; 12 cats slept",
  "system: be brief",
];

let model: CausalLM;
let tokenizer: Tokenizer;
beforeAll(async () => {
  setBackend("wasm");
  const json = await trainBpe(texts, { vocabSize: 280, specialTokens: ["<s>", "</s>"] });
  const config = tokenizerConfig(json, {
    bosToken: "<s>",
    eosToken: "</s>",
    chatTemplate: template,
  });
  tokenizer = await createTokenizer({ tokenizer: json, config });
  const sizes = {
    hidden_size: 32,
    intermediate_size: 48,
    num_hidden_layers: 2,
    num_attention_heads: 4,
  };
  const more = {
    vocab_size: tokenizer.vocabSize,
    max_position_embeddings: 128,
    initializer_range: 0.3,
  };
  model = new CausalLM(parseConfig({ model_type: "llama", ...sizes, ...more }), {
    generator: new Generator(3),
  }).eval();
});

/** The answer of this package's `chat`. */
async function directly(content: string, options: object = {}): Promise<string> {
  let text = "";
  const messages = [
    { role: "system", content: "be brief" },
    { role: "user", content },
  ];
  for await (const piece of chat(model, tokenizer, messages, options))
    if (piece.type === "text") text += piece.text;
  return text;
}

const call = (prompt: string) => ({ system: "be brief", prompt, maxOutputTokens: 12 });

describe("generateText", () => {
  it("gives the text of chat, its usage and why it ended", async () => {
    const result = await generateText({ model: deepgrain(model, tokenizer), ...call("the cat") });
    expect(result.text).toBe(await directly("the cat", { maxNewTokens: 12 }));
    expect(result.finishReason).toBe("length");
    expect(result.usage.outputTokens).toBe(12);
    expect(result.usage.inputTokens).toBeGreaterThan(10);
  });

  it("hands on seed, temperature, penalties and stop sequences", async () => {
    const settings = { temperature: 1.2, topK: 50, topP: 0.9, seed: 7, frequencyPenalty: 0.5 };
    const one = deepgrain(createBatcher(model, { maxSequences: 2 }), tokenizer);
    const { text } = await generateText({ model: one, ...call("a dog"), ...settings });
    expect(text).toBe(await directly("a dog", { maxNewTokens: 12, ...settings }));
    const stop = [...text].at(3)!;
    const stopped = await generateText({
      model: one,
      ...call("a dog"),
      ...settings,
      stopSequences: [stop],
    });
    expect(stopped.text).toBe(text.slice(0, text.indexOf(stop)));
    expect(stopped.finishReason).toBe("stop");
  });

  it("applies processors to every answer", async () => {
    const only = tokenizer.encode(" cat")[0]!;
    const force = (_: unknown, logits: Float32Array) => {
      logits.fill(-1e9);
      logits[only] = 0;
      return logits;
    };
    const marked = deepgrain(model, tokenizer, { logitsProcessors: [force] });
    const { text } = await generateText({ model: marked, ...call("x") });
    expect(text).toBe(tokenizer.decode(Array(12).fill(only)));
  });

  it("refuses tools of a template without, keywords that no mask enforces and pictures, by name", async () => {
    const one = deepgrain(model, tokenizer);
    const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "hi" }] }];
    const refused = (options: object) => one.doGenerate({ prompt, ...options } as never);
    const schema = { type: "string", not: {} };
    await expect(refused({ responseFormat: { type: "json", schema } })).rejects.toThrow(
      "not is not supported",
    );
    const tools = [{ type: "function", name: "f", inputSchema: { type: "object" } }];
    await expect(refused({ tools })).rejects.toThrow("chat template takes no tools");
    await expect(
      refused({ tools: [{ type: "provider", id: "a.b", name: "b", args: {} }] }),
    ).rejects.toThrow("tools must be functions, got one of type provider");
    const both = { tools, responseFormat: { type: "json" } };
    await expect(refused(both)).rejects.toThrow("exclude each other");
    const file = { type: "file", mediaType: "image/png", data: "" };
    await expect(refused({ prompt: [{ role: "user", content: [file] }] })).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
      message: expect.stringContaining("message 0 (user) must be text, got a part of type file"),
    });
  });
});

describe("Output.object", () => {
  const schema = jsonSchema<{ name: string; tags: string[] }>({
    type: "object",
    properties: {
      name: { type: "string", maxLength: 8 },
      tags: { type: "array", items: { enum: ["a", "b"] }, maxItems: 3 },
    },
    required: ["name", "tags"],
    additionalProperties: false,
  });
  const asked = {
    prompt: "the cat",
    output: Output.object({ schema }),
    maxOutputTokens: 60,
    temperature: 1,
    seed: 4,
  };

  it("is an object of the schema, from generateText", async () => {
    const { output } = await generateText({ model: deepgrain(model, tokenizer), ...asked });
    expect(Object.keys(output)).toEqual(["name", "tags"]);
    expect(Array.from(output.name).length).toBeLessThanOrEqual(8);
    for (const tag of output.tags) expect(["a", "b"]).toContain(tag);
  });

  it("is the same object in parts, from streamText", async () => {
    const one = deepgrain(createBatcher(model), tokenizer);
    const { output, partialOutputStream } = streamText({ model: one, ...asked });
    const parts: unknown[] = [];
    for await (const part of partialOutputStream) parts.push(part);
    expect(parts.at(-1)).toEqual(await output);
    expect(await output).toEqual(
      (await generateText({ model: deepgrain(model, tokenizer), ...asked })).output,
    );
  });

  it("is any JSON value without a schema", async () => {
    const { output } = await generateText({
      model: deepgrain(model, tokenizer),
      ...asked,
      output: Output.json(),
    });
    expect(output).toBeDefined();
  });
});

describe("streamText", () => {
  it("streams the same text, and ends when it is aborted", async () => {
    const one = deepgrain(model, tokenizer, { modelId: "tiny" });
    const result = streamText({ model: one, ...call("the cat") });
    let text = "";
    let pieces = 0;
    for await (const delta of result.textStream) {
      text += delta;
      pieces++;
    }
    expect(text).toBe(await directly("the cat", { maxNewTokens: 12 }));
    expect(pieces).toBeGreaterThan(1);
    expect(await result.finishReason).toBe("length");

    const abort = new AbortController();
    const { stream } = await one.doStream({
      prompt: [{ role: "user", content: [{ type: "text", text: "the cat" }] }],
      abortSignal: abort.signal,
    });
    const seen: string[] = [];
    for await (const part of stream) {
      seen.push(part.type);
      if (part.type === "text-delta") abort.abort();
    }
    expect(seen.at(-1)).toBe("error");
  });
});
