/** @file Bodies of requests to the doors of a server of models beside OpenAI's, after they were parsed. */
import fc from "fast-check";
import type { Generator } from "../generator";
import {
  fieldsOf,
  infillFields,
  ollamaChatFields,
  ollamaEmbedFields,
  ollamaGenerateFields,
} from "../inside";
import { nested } from "../mutations";
import { anyJson, count, word } from "./json-values";

/** Reads the fields of a body as an endpoint does: `model` first. */
const reading = (read: (fields: ReturnType<typeof fieldsOf>) => unknown) => (body: unknown) => {
  const fields = fieldsOf(body);
  fields.text("model");
  return read(fields);
};

const weight = fc.double({ min: 0, max: 1, noNaN: true });

/** How tokens are drawn, as llama.cpp and Ollama name it. */
const sampling = {
  seed: fc.integer({ min: -1, max: 99 }),
  temperature: weight,
  top_p: weight,
  top_k: fc.integer({ min: -1, max: 40 }),
  min_p: weight,
  repeat_penalty: fc.double({ min: 1, max: 2, noNaN: true }),
  stop: fc.array(word, { maxLength: 4 }),
};

const infill = fc.record(
  {
    ...sampling,
    model: word,
    input_prefix: word,
    input_suffix: word,
    input_extra: fc.array(fc.record({ filename: word, text: word, time: anyJson }), {
      maxLength: 3,
    }),
    prompt: word,
    n_cmpl: fc.integer({ min: 1, max: 8 }),
    n_predict: fc.integer({ min: -1, max: 99 }),
    samplers: fc.subarray(["top_k", "top_p", "min_p", "temperature", "infill"]),
    response_fields: fc.array(fc.constantFrom("content", "timings/prompt_n"), { maxLength: 3 }),
    stream: fc.boolean(),
    id_slot: fc.nat(3),
    n_indent: fc.nat(8),
  },
  { requiredKeys: ["input_prefix", "input_suffix"] },
);

const options = fc.record(
  {
    ...sampling,
    num_predict: fc.integer({ min: -2, max: 99 }),
    num_ctx: fc.nat(4096),
    mirostat: fc.constant(0),
  },
  { requiredKeys: [] },
);
const keep_alive = fc.constantFrom<string | number>("5m", "1h30m", -1, 300);
const format = fc.oneof(fc.constant("json"), fc.dictionary(word, anyJson, { maxKeys: 3 }));
const common = { model: word, options, keep_alive, stream: fc.boolean() };

const call = fc.record({
  function: fc.record({
    name: fc.constantFrom("a", "b"),
    arguments: fc.dictionary(word, anyJson, { maxKeys: 3 }),
  }),
});
const plain = fc.record({ role: fc.constantFrom("system", "user", "assistant"), content: word });
/** An answer with a call, and its result. */
const round = call.chain((one) =>
  fc.record({ content: word, result: word }).map(({ content, result }) => [
    { role: "assistant", content, tool_calls: [one] },
    { role: "tool", content: result, tool_name: one.function.name },
  ]),
);
const messages = fc
  .tuple(fc.array(plain, { maxLength: 3 }), fc.array(round, { maxLength: 2 }))
  .map(([said, rounds]) => [...said, ...rounds.flat()]);
const tool = fc.record({
  type: fc.constant("function"),
  function: fc.record({
    name: fc.constantFrom("a", "b"),
    description: word,
    parameters: fc.dictionary(word, anyJson, { maxKeys: 3 }),
  }),
});
const tools = fc.uniqueArray(tool, { maxLength: 2, selector: (one) => one.function.name });
const chat = fc.oneof(
  fc.record({ ...common, messages, format }, { requiredKeys: ["messages"] }),
  fc.record({ ...common, messages, tools }, { requiredKeys: ["messages"] }),
);
const generate = fc.oneof(
  fc.record({ ...common, prompt: word, system: word, format }, { requiredKeys: ["prompt"] }),
  fc.record({ ...common, prompt: word, suffix: word, raw: fc.boolean() }, { requiredKeys: [] }),
);
const embed = fc.record(
  {
    model: word,
    input: fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })),
    dimensions: fc.integer({ min: 1, max: 99 }),
    truncate: fc.constant(false),
    options,
    keep_alive,
  },
  { requiredKeys: ["input"] },
);

const hole = { input_prefix: "a", input_suffix: "b" };
const said = (content: unknown) => ({ role: "user", content });
const keys = (n: number) => Object.fromEntries(count(n).map((i) => [`k${i}`, i]));
const calls = (n: number) => count(n).map((i) => ({ function: { name: `f${i}`, arguments: {} } }));
const results = (n: number) =>
  count(n).map((i) => ({ role: "tool", content: "", tool_name: `f${n - i}` }));

export const doorRequestGenerators: readonly Generator[] = [
  {
    door: "infillFields",
    form: "json",
    valid: infill,
    read: reading((fields) => infillFields(fields, { maxN: 8 })),
    orders: {
      files: (n) => ({ ...hole, input_extra: count(n).map(() => ({ filename: "a", text: "b" })) }),
      "a long prefix": (n) => ({ ...hole, input_prefix: "a ".repeat(n) }),
      "fields that are none": (n) => ({ ...hole, ...keys(n) }),
      samplers: (n) => ({ ...hole, samplers: count(n).map(String) }),
      "fields of an answer": (n) => ({ ...hole, response_fields: count(n).map(String) }),
      "a file that is deep": (n) => ({ ...hole, input_extra: [{ text: nested(n) }] }),
    },
  },
  {
    door: "ollamaChatFields",
    form: "json",
    valid: chat,
    read: reading(ollamaChatFields),
    orders: {
      messages: (n) => ({ messages: count(n).map(() => said("a")) }),
      calls: (n) => ({ messages: [{ role: "assistant", tool_calls: calls(n) }] }),
      "results in the other order": (n) => ({
        messages: [{ role: "assistant", tool_calls: calls(Math.min(n, 128)) }, ...results(n)],
      }),
      "answers with calls": (n) => ({
        messages: count(n).map(() => ({ role: "assistant", tool_calls: calls(2) })),
      }),
      options: (n) => ({ messages: [said("a")], options: keys(n) }),
      stops: (n) => ({ messages: [said("a")], options: { stop: count(n).map(String) } }),
      "a deep format": (n) => ({ messages: [said("a")], format: nested(n) }),
      "a long duration": (n) => ({ messages: [said("a")], keep_alive: "1h".repeat(n) }),
    },
  },
  {
    door: "ollamaGenerateFields",
    form: "json",
    valid: generate,
    read: reading(ollamaGenerateFields),
    orders: {
      "a long prompt": (n) => ({ prompt: "a ".repeat(n) }),
      "a context of before": (n) => ({ prompt: "a", context: count(n) }),
      "fields that are none": (n) => ({ prompt: "a", ...keys(n) }),
      "a prompt that is deep": (n) => ({ prompt: nested(n) }),
    },
  },
  {
    door: "ollamaEmbedFields",
    form: "json",
    valid: embed,
    read: reading(ollamaEmbedFields),
    orders: {
      texts: (n) => ({ input: count(n).map(String) }),
      "a long text": (n) => ({ input: "a ".repeat(n) }),
      options: (n) => ({ input: "a", options: keys(n) }),
      "a wrong text that is deep": (n) => ({ input: [nested(n)] }),
    },
  },
];
