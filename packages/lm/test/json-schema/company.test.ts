import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import Ajv from "ajv/dist/2020";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Batcher,
  CausalLM,
  complete,
  connectBatcher,
  createBatcher,
  createProcessors,
  createRandom,
  generateSpeculative,
  parseConfig,
  serveBatcher,
  type Tokenizer,
} from "../../src";
import { type JsonSchema, jsonSchema, schemaBatcher } from "../../src/json-schema";
import { handMadeTokenizer } from "./hand-made-tokenizer";

let tokenizer: Tokenizer;
let model: CausalLM;
beforeAll(async () => {
  setBackend("wasm");
  tokenizer = await handMadeTokenizer();
  const sizes = {
    vocab_size: tokenizer.vocabSize + 5,
    max_position_embeddings: 96,
    eos_token_id: 0,
  };
  const config = parseConfig(tinyConfig("llama", { ...sizes, initializer_range: 0.4 }));
  model = new CausalLM(config, { generator: new Generator(1) }).eval();
});

const person = {
  type: "object",
  properties: {
    name: { type: "string", maxLength: 12 },
    age: { type: "integer", minimum: 0, maximum: 120 },
  },
  required: ["name", "age"],
  additionalProperties: false,
};
const schemas: JsonSchema[] = [
  person,
  { type: "array", items: person, minItems: 1 },
  { enum: ["positive", "negative", "neutral"] },
  { type: "object" },
  { anyOf: [{ type: "null" }, { type: "number", minimum: -1, maximum: 1 }] },
];

async function write(source: CausalLM | Batcher, options: Parameters<typeof complete>[3]) {
  let text = "";
  let reason = "";
  for await (const piece of complete(source, tokenizer, [5, 6, 7], {
    maxNewTokens: 50,
    ...options,
  })) {
    if (piece.type !== "text") continue;
    text += piece.text;
    reason = piece.finishReason ?? reason;
  }
  return { text, reason };
}

const isValid = (schema: JsonSchema, text: string) =>
  new Ajv({ strict: false }).validate(schema, JSON.parse(text));

describe("requests with schemas of their own", () => {
  it("run in one batch, with penalties, temperature and samples, and each follows its own", async () => {
    const batcher = createBatcher(model, { maxSequences: 8 });
    const settings = [
      {},
      { temperature: 1.5, seed: 2, topP: 0.9 },
      { temperature: 1, frequencyPenalty: 1, repetitionPenalty: 1.2 },
    ];
    const asked = schemas.flatMap((schema) => settings.map((more) => ({ schema, more })));
    const answers = await Promise.all(
      asked.map(({ schema, more }) =>
        write(batcher, { ...more, constraint: jsonSchema(schema, tokenizer) }),
      ),
    );
    for (const [i, { text, reason }] of answers.entries()) {
      expect(reason, text).toBe("stop");
      expect(isValid(asked[i]!.schema, text), text).toBe(true);
    }
    await batcher.close();
  });

  it("are told beforehand where the answer has too few tokens", async () => {
    const constraint = jsonSchema(person, tokenizer);
    await expect(write(model, { constraint, maxNewTokens: 5 })).rejects.toMatchObject({
      code: "ERR_RANGE",
      fields: { maxNewTokens: 5 },
    });
  });

  it("end at a stop string, and at the end of the context if nothing else is asked for", async () => {
    const constraint = jsonSchema(person, tokenizer);
    const { text } = await write(model, { constraint, stopStrings: ['"age"'] });
    expect(text).toMatch(/^ ?\{"name":.*, ?$/);
    const long = jsonSchema({ type: "array", items: { type: "string" } }, tokenizer);
    const all = await write(model, { constraint: long, maxNewTokens: Infinity, temperature: 1 });
    expect(all.reason).toBe("stop");
    JSON.parse(all.text);
  });

  it("come from other threads as data", async () => {
    const { port1, port2 } = new MessageChannel();
    const inner = schemaBatcher(createBatcher(model), tokenizer);
    serveBatcher(port2 as never, inner);
    const remote = connectBatcher(port1 as never);
    const constraint = jsonSchema(person, tokenizer);
    expect(await write(remote, { constraint })).toEqual(await write(model, { constraint }));
    await expect(write(remote, { jsonSchema: { not: {} } })).rejects.toThrow(
      "not is not supported",
    );
    await expect(write(createBatcher(model), { jsonSchema: person })).rejects.toThrow(
      "schemaBatcher",
    );
    await remote.close();
    await inner.close();
  });
});

describe("a request whose schema is being compiled", () => {
  const request = (title: string, changes: object = {}) => ({
    prompt: [5, 6, 7],
    maxNewTokens: 50,
    jsonSchema: { ...person, title },
    ...changes,
  });

  it("can be left, and what is left is never begun", async () => {
    const batcher = schemaBatcher(createBatcher(model), tokenizer);
    const left = batcher.generate(request("left"));
    const next = left.next();
    await left.return();
    expect(await next).toEqual({ done: true, value: undefined });
    const controller = new AbortController();
    const aborted = batcher.generate(request("aborted", { signal: controller.signal }));
    controller.abort("gone");
    await expect(aborted.next()).rejects.toBe("gone");
    const ends: unknown[] = [];
    for await (const event of batcher.generate(request("whole")))
      if (event.type === "end") ends.push(event);
    expect(ends).toHaveLength(1);
    expect((await batcher.numbers()).requests).toBe(1);
    await batcher.close();
  });

  it("can lose one of its continuations, and the others go on", async () => {
    const batcher = schemaBatcher(createBatcher(model), tokenizer);
    const stream = batcher.generate(request("two", { samples: 2 }));
    stream.stop(0);
    const samples = new Set<number>();
    for await (const event of stream) if (event.type !== "prompt") samples.add(event.sample);
    expect([...samples]).toEqual([1]);
    await batcher.close();
  });
});

describe("speculative decoding", () => {
  it("writes what the schema allows, drafts that it forbids being rejected", async () => {
    const constraint = jsonSchema(person, tokenizer);
    const prompt = tokenizer.encode('{"name":"aa"} {"name":"aa","age":12} {"name');
    const settings = { promptLength: prompt.length, maxNewTokens: 40, eosTokenIds: [0] };
    for (const random of [undefined, createRandom(3).next]) {
      const logitsProcessors = createProcessors(
        { logitsProcessors: [constraint(settings)] },
        settings,
      );
      const events = generateSpeculative(model, prompt, {
        maxNewTokens: 40,
        random,
        logitsProcessors,
      });
      const ids: number[] = [];
      for await (const { id } of events) ids.push(id);
      expect(ids.at(-1)).toBe(0);
      expect(isValid(person, tokenizer.decode(ids.slice(0, -1)))).toBe(true);
    }
  });
});
