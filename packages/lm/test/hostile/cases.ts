import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostileCase } from "@deepgrain/vitest/hostile";
import {
  CausalLM,
  createTokenizer,
  EncoderModel,
  llama2cTokenizerJson,
  loadEncoder,
  loadModel,
  loadTokenizer,
  parseConfig,
  parseEncoderConfig,
  saveEncoder,
  saveModel,
  streamModel,
} from "../../src";

const small = {
  llama: {
    model_type: "llama",
    vocab_size: 31,
    hidden_size: 8,
    intermediate_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
  },
  gpt2: { model_type: "gpt2", vocab_size: 31, n_embd: 8, n_layer: 1, n_head: 2, n_positions: 8 },
  deepseek: {
    model_type: "deepseek",
    vocab_size: 31,
    hidden_size: 8,
    intermediate_size: 8,
    moe_intermediate_size: 4,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    n_routed_experts: 4,
    num_experts_per_tok: 2,
  },
};

/** A whole small model whose config.json says more than its weights hold. */
async function lyingModel(folder: string, family: keyof typeof small, lie: object): Promise<void> {
  const model = new CausalLM(parseConfig(small[family]));
  await saveModel(folder, model);
  model.dispose();
  writeFileSync(join(folder, "config.json"), JSON.stringify({ ...small[family], ...lie }));
}

const load = (
  name: string,
  expects: HostileCase["expects"],
  family: keyof typeof small,
  lie: object,
): HostileCase => ({
  name,
  expects,
  async run(folder) {
    await lyingModel(folder, family, lie);
    await loadModel(folder);
  },
});

const encoder = { ...small.llama, model_type: "bert", max_position_embeddings: 8 };

const loadLyingEncoder = (
  name: string,
  expects: HostileCase["expects"],
  lie: object,
): HostileCase => ({
  name: `${name} in the configuration of an encoder`,
  expects,
  async run(folder) {
    const model = new EncoderModel(parseEncoderConfig(encoder));
    await saveEncoder(folder, model);
    model.dispose();
    writeFileSync(join(folder, "config.json"), JSON.stringify({ ...encoder, ...lie }));
    await loadEncoder(folder);
  },
});

const letters = Object.fromEntries(Array.from("ab ", (letter, id) => [letter, id]));
const json = (changes: object = {}, model: object = {}) => ({
  added_tokens: [],
  model: { type: "BPE", vocab: letters, merges: [], ...model },
  ...changes,
});
const tokenizer = (name: string, changes: object, model: object = {}): HostileCase => ({
  name,
  expects: "ERR_FORMAT",
  run: () => createTokenizer({ tokenizer: json(changes, model) }),
});
const split = (Regex: string) => ({
  pre_tokenizer: { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false },
});
const double = { type: "Replace", pattern: { String: "a" }, content: "aa" };

const template = (chat_template: string): HostileCase => ({
  name: `the template ${chat_template.slice(0, 70)}`,
  expects: "ERR_FORMAT",
  run: async () =>
    (await createTokenizer({ tokenizer: json(), config: { chat_template } })).applyChatTemplate([]),
});

const text = (from: string, times: number) => new TextEncoder().encode(from.repeat(times));
const llama2c = (pieces: Uint8Array[]) =>
  llama2cTokenizerJson({
    maxLength: 1e6,
    pieces: [
      ...Array.from({ length: 259 }, (_, id) => ({ score: 0, bytes: text(`<${id}>`, 1) })),
      ...pieces.map((bytes, i) => ({ score: -i, bytes })),
    ],
  });

const inPipe = (name: string, file: string, open: (folder: string) => unknown): HostileCase => ({
  name,
  expects: "ERR_IO",
  async run(folder) {
    writeFileSync(join(folder, "config.json"), JSON.stringify(small.llama));
    execFileSync("rm", ["-f", join(folder, file)]);
    execFileSync("mkfifo", [join(folder, file)]);
    await open(folder);
  },
});

const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

/** Inputs that hung, took gigabytes or threw what is not documented. */
export const cases: readonly HostileCase[] = [
  load("a vocabulary of 4e7 in the configuration", "ERR_SHAPE", "llama", { vocab_size: 4e7 }),
  load("1e6 layers in the configuration", "ERR_CONFIG", "llama", { num_hidden_layers: 1e6 }),
  load("1e9 layers in the configuration", "ERR_CONFIG", "llama", { num_hidden_layers: 1e9 }),
  load("10,000 layers in the configuration", "ERR_MISSING", "llama", { num_hidden_layers: 10_000 }),
  load("1e8 experts in the configuration", "ERR_MISSING", "deepseek", { n_routed_experts: 1e8 }),
  load("4e7 positions in the configuration", "ERR_SHAPE", "gpt2", { n_positions: 4e7 }),
  load("a width of 1e9 in the configuration", "ERR_SHAPE", "llama", { hidden_size: 1e9 }),
  load("an inner width of 1e15 in the configuration", "ERR_SHAPE", "llama", {
    intermediate_size: 1e15,
  }),
  loadLyingEncoder("a vocabulary of 4e7", "ERR_SHAPE", { vocab_size: 4e7 }),
  loadLyingEncoder("4e9 positions", "ERR_SHAPE", { max_position_embeddings: 4e9 }),
  loadLyingEncoder("1e9 layers", "ERR_CONFIG", { num_hidden_layers: 1e9 }),
  loadLyingEncoder("1e9 classes", "ERR_CONFIG", { num_labels: 1e9 }),
  loadLyingEncoder("a class with the number 1e9", "ERR_CONFIG", { id2label: { 1e9: "a" } }),
  {
    name: "a configuration without weights",
    expects: "ERR_IO",
    run(folder) {
      writeFileSync(
        join(folder, "config.json"),
        JSON.stringify({ ...small.llama, vocab_size: 4e7 }),
      );
      return loadModel(folder);
    },
  },
  {
    name: "a configuration nested 100,000 deep",
    expects: "ERR_CONFIG",
    run: () => parseConfig(JSON.parse(`{"model_type": "llama", "hidden_size": ${deep}}`)),
  },
  {
    name: "a model type nested 100,000 deep",
    expects: "ERR_CONFIG",
    run: () => parseConfig(JSON.parse(`{"model_type": ${deep}}`)),
  },
  inPipe("a pipe as model.safetensors", "model.safetensors", loadModel),
  inPipe("a pipe as model.safetensors, streamed", "model.safetensors", streamModel),
  inPipe("a pipe as config.json", "config.json", loadModel),
  inPipe("a pipe as tokenizer.json", "tokenizer.json", loadTokenizer),
  tokenizer("an id of 1e9", {}, { vocab: { a: 1e9 } }),
  tokenizer("an id of text", {}, { vocab: { a: "x" } }),
  tokenizer("an id below 0", {}, { vocab: { a: -5 } }),
  tokenizer("an added id of 1e9", { added_tokens: [{ id: 1e9, content: "x" }] }),
  tokenizer("pieces of length 0", { pre_tokenizer: { type: "FixedLength", length: 0 } }),
  tokenizer("a pattern that refers back", split("(a*)*\\1$")),
  tokenizer("a pattern nested 10,000 deep", split(`${"(".repeat(10_000)}a${")".repeat(10_000)}`)),
  tokenizer("repetitions of repetitions", split("((((a{900}){900}){900}){900})")),
  tokenizer("a normaliser that doubles 40 times", {
    normalizer: { type: "Sequence", normalizers: Array(40).fill(double) },
  }),
  {
    name: "the highest id of all",
    expects: "result",
    run: async () =>
      (await createTokenizer({ tokenizer: json({}, { vocab: { a: 2 ** 22 - 1 } }) })).encode("a"),
  },
  ...["(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){12}$"].map(
    (pattern): HostileCase => ({
      name: `the pattern ${pattern} on 20,000 letters`,
      expects: "result",
      run: async () =>
        (await createTokenizer({ tokenizer: json(split(pattern)) })).encode(
          `${"a".repeat(20_000)}b`,
        ),
    }),
  ),
  ...[
    "{% for i in range(1000000000) %}{% endfor %}",
    "{% set a = range(1000) %}{% for i in a %}{% for j in a %}{% for k in a %}{% endfor %}{% endfor %}{% endfor %}",
    "{% set a = range(100000) %}{% for i in range(100000) %}{{ (a | sort)[0] }}{% endfor %}",
    "{% set a = range(100000) %}{% for i in range(100000) %}{% set y %}{{ a }}{% endset %}{% endfor %}",
    `{% set a = range(1000) %}${"{% for i in a %}".repeat(50)}x${"{% endfor %}".repeat(50)}`,
  ].map((source): HostileCase => ({ ...template(source), expects: "ERR_LIMIT" })),
  ...[
    "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace(x='ab') %}{% for i in range(20) %}{% set ns.x = ns.x.replace('', ns.x) %}{% endfor %}{{ ns.x }}",
    "{{ 'a\nb' | indent(400000000) }}",
    `{{ ${"(".repeat(100_000)}1${")".repeat(100_000)} }}`,
  ].map(template),
  {
    name: "a piece of 60 kB",
    expects: "result",
    run: () => llama2c([text("ab", 30_000), text("a", 1), text("b", 1)]),
  },
  {
    name: "pieces of every length up to 700",
    expects: "result",
    run: () => llama2c(Array.from({ length: 700 }, (_, i) => text("a", i + 1))),
  },
];
