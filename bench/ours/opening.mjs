// node opening.mjs [rounds]: processor time of opening what a stranger may have written: the head of a GGUF file with 32,000 tokens
// and their merges (data not read), the same tokenizer as tokenizer.json, a schema of three properties, and 1,500 definitions of which
// each refers to the one before it. Medians; the last schema once. One line of JSON, in milliseconds.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CausalLM, createTokenizer, parseConfig, saveGguf, trainBpe } from "@deepgrain/lm";
import { jsonSchema } from "@deepgrain/lm/json-schema";
import { openGguf } from "@deepgrain/tensor-gpu";

const rounds = Number(process.argv[2] ?? 15);
const vocabSize = 32_000;

/** A byte-level BPE, each token a pair of earlier ones. */
async function syntheticTokenizer() {
  const json = await trainBpe(["a"], { vocabSize: 257, specialTokens: ["</s>"] });
  const { vocab, merges } = json.model;
  const tokens = Object.keys(vocab).filter((token) => token !== "</s>");
  for (let state = 1; Object.keys(tokens).length < vocabSize - 1; ) {
    state = (state * 48_271) % 2_147_483_647;
    const left = tokens[state % tokens.length];
    const right = tokens[(state >> 8) % 256];
    if (vocab[left + right] !== undefined || left.length > 8) continue;
    vocab[left + right] = tokens.length + 1;
    merges.push([left, right]);
    tokens.push(left + right);
  }
  return { tokenizer: json, config: { eos_token: "</s>" } };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** Milliseconds of processor time. */
async function costOf(work, times = rounds) {
  const costs = [];
  for (let i = 0; i < times; i++) {
    const start = process.cpuUsage();
    await work(i);
    const { user, system } = process.cpuUsage(start);
    costs.push((user + system) / 1000);
  }
  return Number(median(costs).toFixed(2));
}

const files = await syntheticTokenizer();
const sizes = {
  hidden_size: 32,
  intermediate_size: 32,
  num_hidden_layers: 1,
  num_attention_heads: 1,
};
const config = parseConfig({ model_type: "llama", vocab_size: vocabSize, ...sizes });
const folder = mkdtempSync(join(tmpdir(), "deepgrain-opening-"));
const path = join(folder, "model.gguf");
const pattern = { type: "ByteLevel", add_prefix_space: false, use_regex: true };
await saveGguf(path, new CausalLM(config), {
  ...files,
  tokenizer: { ...files.tokenizer, pre_tokenizer: pattern },
});
const bytes = new Uint8Array(readFileSync(path));
rmSync(folder, { recursive: true });

const tokenizer = await createTokenizer(files);
const schema = (i) => ({
  type: "object",
  title: `${i}`,
  properties: {
    name: { type: "string" },
    age: { type: "integer", minimum: 0, maximum: 120 },
    tags: { type: "array", items: { enum: ["red", "green", "blue"] }, maxItems: 8 },
  },
  required: ["name", "age", "tags"],
});
const chain = { $defs: { d0: { type: "null" } }, anyOf: [{ $ref: "#/$defs/d0" }] };
for (let i = 1; i < 1500; i++) {
  chain.$defs[`d${i}`] = { anyOf: [{ $ref: `#/$defs/d${i - 1}` }] };
  chain.anyOf.push({ $ref: `#/$defs/d${i}` });
}
jsonSchema(true, tokenizer); // reads the vocabulary
const result = {
  gguf: await costOf(async () => (await openGguf(bytes)).close()),
  tokenizer: await costOf(() => createTokenizer(files)),
  schema: await costOf((i) => jsonSchema(schema(i), tokenizer), 10 * rounds),
  chain: await costOf(() => jsonSchema(chain, tokenizer), 1),
};
console.log(JSON.stringify(result));
