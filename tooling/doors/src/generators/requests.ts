/** @file Bodies of requests to a server of models, after they were parsed. */
import fc from "fast-check";
import type { Generator } from "../generator";
import { chatFields, completionFields, embeddingFields, fieldsOf, responseFields } from "../inside";
import { nested } from "../mutations";
import { anyJson, count, word } from "./json-values";

const bounds = { maxN: 8, vocabSize: 256 };

/** Reads the fields of a body as an endpoint does: `model` first. */
const reading =
  (read: (fields: ReturnType<typeof fieldsOf>, limits: typeof bounds) => unknown) =>
  (body: unknown) => {
    const fields = fieldsOf(body);
    fields.text("model");
    return read(fields, bounds);
  };

const token = fc.nat(bounds.vocabSize - 1);
const weight = fc.double({ min: 0, max: 1, noNaN: true });

/** Fields that all requests for texts may have. */
const shared = {
  n: fc.integer({ min: 1, max: bounds.maxN }),
  seed: fc.maxSafeInteger(),
  temperature: weight,
  top_p: weight,
  top_k: fc.integer({ min: -1, max: 40 }),
  min_p: weight,
  frequency_penalty: weight,
  logit_bias: fc.dictionary(token.map(String), weight, { maxKeys: 3 }),
  stop: fc.oneof(word, fc.array(word, { maxLength: 4 })),
  max_tokens: fc.integer({ min: 1, max: 99 }),
  user: word,
};

const content = fc.oneof(
  word,
  fc.array(
    word.map((text) => ({ type: "text", text })),
    { minLength: 1, maxLength: 3 },
  ),
);
const call = fc.record({
  id: word,
  type: fc.constant("function"),
  function: fc.record({ name: fc.constantFrom("a", "b"), arguments: word }),
});
const message = fc.oneof(
  fc.record({ role: fc.constantFrom("system", "developer", "user", "assistant"), content }),
  fc.record({ role: fc.constant("tool"), content, tool_call_id: word }),
  fc.record({
    role: fc.constant("assistant"),
    content: fc.constant(null),
    tool_calls: fc.array(call, { minLength: 1, maxLength: 2 }),
  }),
);
const tool = fc.record({
  type: fc.constant("function"),
  function: fc.record(
    {
      name: fc.constantFrom("a", "b"),
      description: word,
      parameters: fc.dictionary(word, anyJson, { maxKeys: 3 }),
    },
    { requiredKeys: ["name"] },
  ),
});
const format = fc.oneof(
  fc.constantFrom({ type: "text" }, { type: "json_object" }),
  fc
    .dictionary(word, anyJson, { maxKeys: 3 })
    .map((schema) => ({ type: "json_schema", json_schema: { name: "a", schema, strict: true } })),
);

const told = {
  ...shared,
  model: word,
  messages: fc.array(message, { minLength: 1, maxLength: 3 }),
  stream: fc.boolean(),
};
const chat = fc.oneof(
  fc.record(
    { ...told, logprobs: fc.constant(true), response_format: format, tools: fc.constant([]) },
    { requiredKeys: ["messages"] },
  ),
  fc.record(
    {
      ...told,
      tools: fc.uniqueArray(tool, {
        minLength: 1,
        maxLength: 2,
        selector: (one) => one.function.name,
      }),
      tool_choice: fc.constantFrom("none", "auto", "required"),
      parallel_tool_calls: fc.boolean(),
    },
    { requiredKeys: ["messages", "tools"] },
  ),
);
const completion = fc.record(
  {
    ...shared,
    model: word,
    prompt: fc.oneof(
      word,
      fc.array(word, { minLength: 1, maxLength: 3 }),
      fc.array(token, { minLength: 1, maxLength: 3 }),
      fc.array(fc.array(token, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    ),
    echo: fc.boolean(),
    logprobs: fc.nat(5),
  },
  { requiredKeys: ["prompt"] },
);
const embedding = fc.record(
  {
    model: word,
    input: fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })),
    encoding_format: fc.constantFrom("float", "base64"),
    dimensions: fc.integer({ min: 1, max: 99 }),
  },
  { requiredKeys: ["input"] },
);

const parts = (type: string) =>
  fc.oneof(
    word,
    fc.array(
      word.map((text) => ({ type, text })),
      { minLength: 1, maxLength: 3 },
    ),
  );
const callId = fc.constantFrom("x", "y");
const item = fc.oneof(
  fc.record({
    role: fc.constantFrom("system", "developer", "user"),
    content: parts("input_text"),
  }),
  fc.record({
    type: fc.constant("message"),
    role: fc.constant("assistant"),
    content: parts("output_text"),
  }),
  fc.record({
    type: fc.constant("function_call"),
    call_id: callId,
    name: fc.constantFrom("a", "b"),
    arguments: word,
  }),
  fc.record({
    type: fc.constant("function_call_output"),
    call_id: callId,
    output: parts("input_text"),
  }),
  fc.record({
    type: fc.constant("reasoning"),
    id: word,
    summary: fc.array(word.map((text) => ({ type: "summary_text", text }))),
  }),
);
const flatTool = tool.map(({ type, function: about }) => ({ type, strict: true, ...about }));
const response = fc.record(
  {
    model: word,
    input: fc.oneof(word, fc.array(item, { minLength: 1, maxLength: 4 })),
    instructions: word,
    tools: fc.uniqueArray(flatTool, { maxLength: 2, selector: ({ name }) => name }),
    tool_choice: fc.constantFrom("none", "auto"),
    parallel_tool_calls: fc.boolean(),
    text: fc.constantFrom({}, { format: { type: "text" } }),
    temperature: weight,
    top_p: weight,
    max_output_tokens: fc.integer({ min: 1, max: 99 }),
    metadata: fc.dictionary(word, word, { maxKeys: 3 }),
    store: fc.constant(false),
    stream: fc.boolean(),
  },
  { requiredKeys: ["input"] },
);

const said = (text: unknown) => ({ role: "user", content: text });
const keys = (n: number) => Object.fromEntries(count(n).map((i) => [`k${i}`, i]));

export const requestGenerators: readonly Generator[] = [
  {
    door: "chatFields",
    form: "json",
    valid: chat,
    read: reading(chatFields),
    orders: {
      messages: (n) => ({ messages: count(n).map(() => said("a")) }),
      "a long message": (n) => ({ messages: [said("a ".repeat(n))] }),
      parts: (n) => ({ messages: [said(count(n).map(() => ({ type: "text", text: "a" })))] }),
      "fields that are none": (n) => ({ messages: [said("a")], ...keys(n) }),
      "fields of a message": (n) => ({ messages: [{ ...said("a"), ...keys(n) }] }),
      "biases falling": (n) => ({
        messages: [said("a")],
        logit_bias: Object.fromEntries(
          count(n)
            .reverse()
            .map((i) => [`${i % 2 ? "" : "0000"}${i % 256}`, 1]),
        ),
      }),
      "biases that are none": (n) => ({ messages: [said("a")], logit_bias: keys(n) }),
      stops: (n) => ({ messages: [said("a")], stop: count(n).map(String) }),
      "a wrong value that is deep": (n) => ({ messages: [said(nested(n))] }),
      "a wrong value that is long": (n) => ({ messages: [said("a")], temperature: count(n) }),
      "a schema": (n) => ({
        messages: [said("a")],
        response_format: { type: "json_schema", json_schema: { name: "a", schema: keys(n) } },
      }),
      modalities: (n) => ({ messages: [said("a")], modalities: count(n).map(() => "text") }),
    },
  },
  {
    door: "completionFields",
    form: "json",
    valid: completion,
    read: reading(completionFields),
    orders: {
      texts: (n) => ({ prompt: count(n).map(String) }),
      ids: (n) => ({ prompt: count(n).map((i) => i % 256) }),
      "lists of ids": (n) => ({ prompt: count(n).map(() => [1]) }),
      "one list of ids": (n) => ({ prompt: [count(n).map(() => 1)] }),
      "a wrong id at the end": (n) => ({ prompt: [...count(n).map(() => 1), nested(n)] }),
      "halves of pairs": (n) => ({ prompt: "a".repeat(n).concat("\ud800") }),
    },
  },
  {
    door: "embeddingFields",
    form: "json",
    valid: embedding,
    read: reading(embeddingFields),
    orders: {
      texts: (n) => ({ input: count(n).map(String) }),
      "a long text": (n) => ({ input: "a ".repeat(n) }),
      "fields that are none": (n) => ({ input: "a", ...keys(n) }),
      "a wrong text that is deep": (n) => ({ input: [nested(n)] }),
    },
  },
  {
    door: "responseFields",
    form: "json",
    valid: response,
    read: reading(responseFields),
    orders: {
      items: (n) => ({ input: count(n).map(() => said("a")) }),
      "a long text": (n) => ({ input: "a ".repeat(n) }),
      parts: (n) => ({
        input: [said(count(n).map(() => ({ type: "input_text", text: "a" })))],
      }),
      "calls of one message": (n) => ({
        input: count(n).map((i) => ({
          type: "function_call",
          call_id: `${i}`,
          name: "a",
          arguments: "{}",
        })),
      }),
      "thoughts of one message": (n) => ({
        input: count(n).map(() => ({
          type: "reasoning",
          summary: [{ type: "summary_text", text: "a" }],
        })),
      }),
      "fields that are none": (n) => ({ input: "a", ...keys(n) }),
      "a wrong item that is deep": (n) => ({ input: [nested(n)] }),
      "pairs of metadata": (n) => ({ input: "a", metadata: keys(n) }),
      "tools that are repeated": (n) => ({
        input: "a",
        tool_choice: "none",
        tools: [{ type: "function", name: "a", parameters: keys(n) }],
      }),
      "tools that are deep": (n) => ({
        input: "a",
        tool_choice: "none",
        tools: [{ type: "function", name: "a", parameters: { a: nested(n) } }],
      }),
    },
  },
];
