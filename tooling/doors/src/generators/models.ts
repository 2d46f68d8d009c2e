/** @file What comes with a model: configuration, tokenizer, chat template, and schemas that its answers must keep. */
import { createTokenizer, LmError, parseConfig, type Tokenizer } from "@deepgrain/lm";
import { jsonSchema } from "@deepgrain/lm/json-schema";
import { openTools } from "@deepgrain/lm/tools";
import { budgets } from "@deepgrain/support";
import fc from "fast-check";
import type { Generator } from "../generator";
import { parseTemplate, renderTemplate } from "../inside";
import { anyJson, count, word } from "./json-values";

const llama = {
  model_type: "llama",
  vocab_size: 31,
  hidden_size: 8,
  intermediate_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
};

const withKeys = (config: object, n: number, value: (i: number) => unknown) => ({
  ...config,
  ...Object.fromEntries(count(n).map((i) => [`key_${i}`, value(i)])),
});

/** The characters that stand for the 256 bytes: printable ones for themselves, the others from 256 on. */
const byteCharacters = [
  ...count(94).map((i) => 33 + i),
  ...count(12).map((i) => 161 + i),
  ...count(82).map((i) => 174 + i),
  ...count(68).map((i) => 256 + i),
].map((code) => String.fromCharCode(code));

/** A byte-level BPE of printable characters with n merges. */
function bpe(n: number, order: (pairs: string[][]) => string[][] = (pairs) => pairs) {
  const vocab: Record<string, number> = Object.fromEntries(byteCharacters.map((c, i) => [c, i]));
  const pairs: string[][] = [];
  for (let i = 0; pairs.length < n; i++) {
    const known = Object.keys(vocab);
    const [left, right] = [known[i % known.length]!, byteCharacters[(7 * i) % 256]!];
    if (left + right in vocab) continue;
    vocab[left + right] = known.length;
    pairs.push([left, right]);
    if (i > 50 * n) break;
  }
  return {
    version: "1.0",
    added_tokens: [],
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab, merges: order(pairs) },
  };
}

/** A vocabulary of n tokens without merges, each longer than the one before. */
const chained = (n: number) => {
  const json = bpe(0);
  const added_tokens = count(n).map((i) => ({ id: 256 + i, content: `<${i}>`, special: true }));
  return { ...json, added_tokens };
};

const callOf = (id: string, args: unknown) => ({
  role: "assistant",
  content: "",
  tool_calls: [{ id, type: "function", function: { name: "a", arguments: args } }],
});
const resultOf = (id: string) => ({ role: "tool", content: "1", tool_call_id: id });
/** An object of n properties. */
const record = (n: number) => ({
  type: "object",
  properties: Object.fromEntries(count(n).map((i) => [`p${i}`, { type: "null" }])),
});

/** A tokenizer whose template takes tools. */
const toolTokenizer = createTokenizer({
  tokenizer: bpe(0),
  config: { chat_template: "{{ tools }}<|tool_call|>" },
});

/** Reads tools, the messages of a conversation, and compiles the schemas. */
async function readTools(given: { tools: never; messages?: never }) {
  const opened = await openTools(await toolTokenizer, { tools: given?.tools });
  opened.messages(given?.messages ?? []);
  return opened.constraint([]);
}

const numberWords = fc.integer({ min: 0, max: 30 });

let spelling: Promise<Tokenizer> | undefined;
/** The tokenizer that schemas are compiled for. */
const tokenizer = () => {
  spelling ??= createTokenizer({ tokenizer: bpe(20) as never, config: {} });
  return spelling;
};

const definitions = (entries: readonly (readonly [string, unknown])[]) => ({
  $ref: "#/$defs/d0",
  $defs: Object.fromEntries(entries),
});

/** n definitions, each of which needs the one after it. */
const chain = (n: number) =>
  count(n).map((i): [string, unknown] => [
    `d${i}`,
    i === n - 1
      ? { type: "null" }
      : {
          anyOf: [
            { $ref: `#/$defs/d${i + 1}` },
            { type: "array", items: { $ref: `#/$defs/d${i + 1}` } },
          ],
        },
  ]);

/** The order of a linear congruence: neither rising nor falling. */
const scattered = <T>(list: readonly T[]): T[] =>
  list.map((_, i) => list[(i * 7919 + 13) % list.length]!);

const patterns = fc.constantFrom("^a", "b{2,9}$", "^(?=.*1)\\w+$", "(?:ab|c)*d", "\\bthe\\b");

const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom({ type: "string" }, { type: "null" }, { type: "boolean" }),
    fc.record(
      { type: fc.constant("integer"), minimum: fc.nat(), maximum: fc.constant(2 ** 40) },
      { requiredKeys: ["type"] },
    ),
    fc.record({ enum: fc.array(anyJson, { minLength: 1, maxLength: 4 }) }),
    fc.record({ type: fc.constant("array"), items: tie("schema"), minItems: fc.nat(3) }),
    fc.record({
      type: fc.constant("object"),
      properties: fc.dictionary(word, tie("schema"), { maxKeys: 3 }),
    }),
    fc.record({ anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ allOf: fc.tuple(tie("schema")), $comment: word }),
    fc.record({ type: fc.constant("string"), pattern: patterns, maxLength: fc.nat(20) }),
    fc.record({ type: fc.constant("string"), format: fc.constantFrom("date", "uuid", "email") }),
    fc.record({ type: fc.constant("number"), multipleOf: fc.constantFrom(0.5, 3) }),
    fc.record({
      type: fc.constant("object"),
      patternProperties: fc.dictionary(patterns, tie("schema"), { maxKeys: 2 }),
      propertyNames: fc.record({ pattern: patterns }),
    }),
  ),
}));

const budgetOf = budgets(LmError);
const templateLimits = { steps: 1_500_000, bytes: 2 ** 18 };

/** A template that comes with a model fails with whatever the library throws; the tokenizer makes that an error of lm. */
function render(source: string, given?: Parameters<Generator["read"]>[1]): void {
  const budget = given ?? budgetOf("applyChatTemplate", undefined, templateLimits);
  try {
    const messages = [{ role: "user", content: "Hello" }];
    renderTemplate(parseTemplate(source, budget), { messages, bos_token: "<s>" }, budget);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new LmError("ERR_FORMAT", cause.message, { cause });
  }
}

const templatePart = fc.constantFrom(
  "{{ bos_token }}",
  "{% for m in messages %}{{ m.content }}{% endfor %}",
  "{% if messages[0].role == 'user' %}a{% else %}b{% endif %}",
  "{% set x = 1 %}{{ x + 1 }}",
  "{{ messages | length }}",
  "{{ messages[0]['content'] | trim }}",
  "{{ messages | tojson }}",
  "text\n",
);

export const modelGenerators: readonly Generator[] = [
  {
    door: "parseConfig",
    form: "json",
    valid: fc
      .record({
        layers: fc.integer({ min: 1, max: 4 }),
        more: fc.dictionary(word, anyJson, { maxKeys: 3 }),
      })
      .map(({ layers, more }) => ({ ...more, ...llama, num_hidden_layers: layers })),
    read: (json: unknown, budget) => parseConfig(json, { budget }),
    orders: {
      "unknown keys": (n) => withKeys(llama, n, (i) => i),
      "a long list": (n) => ({ ...llama, architectures: count(n).map((i) => `A${i}`) }),
      // A list of 256 levels is refused, which is work of its own.
      "a deep list": (n) => ({ ...llama, deep: JSON.parse("[".repeat(n / 8) + "]".repeat(n / 8)) }),
      layers: (n) => ({ ...llama, num_hidden_layers: n }),
    },
  },
  {
    door: "createTokenizer",
    form: "json",
    valid: numberWords.map((n) => ({ tokenizer: bpe(n), config: { eos_token: "!" } })),
    read: (files: { tokenizer: never; config: never }, budget) =>
      createTokenizer({ tokenizer: files?.tokenizer, config: files?.config }, { budget }),
    orders: {
      "merges in order": (n) => ({ tokenizer: bpe(n), config: {} }),
      "merges reversed": (n) => ({ tokenizer: bpe(n, (pairs) => pairs.reverse()), config: {} }),
      "added tokens": (n) => ({ tokenizer: chained(n), config: {} }),
    },
  },
  {
    door: "renderTemplate",
    form: "text",
    valid: fc.array(templatePart, { maxLength: 5 }).map((parts) => parts.join("")),
    read: render,
    orders: {
      texts: (n) => "{{ bos_token }} text ".repeat(n),
      loops: (n) => `{% for i in range(${n}) %}{{ i }}{% endfor %}`,
      conditions: (n) => "{% if true %}a{% endif %}".repeat(n),
    },
  },
  {
    door: "jsonSchema",
    form: "json",
    valid: schema as fc.Arbitrary<unknown>,
    read: async (json: never, budget) => jsonSchema(json, await tokenizer(), { budget }),
    orders: {
      "a chain, rising": (n) => definitions(chain(n)),
      "a chain, falling": (n) => definitions(chain(n).reverse()),
      "a chain, scattered": (n) => definitions(scattered(chain(n))),
      properties: record,
      words: (n) => ({ enum: count(n).map((i) => `word ${i}`) }),
      "a long pattern": (n) => ({ type: "string", pattern: `^${"a?b".repeat(n)}$` }),
      "a counted pattern": (n) => ({ type: "string", pattern: `^(?=.*a$)[ab]{${n}}$` }),
      "a pattern of a length": (n) => ({ type: "string", pattern: "^a", maxLength: 4 * n }),
      "patterns of names": (n) => ({
        type: "object",
        patternProperties: Object.fromEntries(count(n).map((i) => [`^p${i}$`, { type: "null" }])),
      }),
      "schemas at once": (n) => ({ allOf: count(n).map((i) => ({ minLength: i })) }),
    },
  },
  {
    door: "openTools",
    form: "json",
    valid: fc.record({
      tools: fc.uniqueArray(
        fc.record({
          name: fc.constantFrom("a", "b", "c"),
          description: word,
          parameters: fc.nat(3).map(record),
        }),
        { minLength: 1, maxLength: 3, selector: ({ name }) => name },
      ),
      messages: fc
        .uniqueArray(word, { maxLength: 3 })
        .map((ids) => ids.flatMap((id) => [callOf(`c${id}`, "{}"), resultOf(`c${id}`)])),
    }),
    read: readTools,
    orders: {
      tools: (n) => ({ tools: count(Math.min(n, 128)).map((i) => ({ name: `t${i}` })) }),
      properties: (n) => ({ tools: [{ name: "a", parameters: record(n) }] }),
      "calls and results": (n) => ({
        tools: [{ name: "a" }],
        messages: count(n).flatMap((i) => [callOf(`${i}`, "{}"), resultOf(`${i}`)]),
      }),
      "one argument": (n) => ({
        tools: [{ name: "a" }],
        messages: [callOf("x", JSON.stringify({ a: "b".repeat(n) }))],
      }),
    },
  },
];
