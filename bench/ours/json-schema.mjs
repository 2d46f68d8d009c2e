// node json-schema.mjs [rounds]: the cost of a JSON schema per token, on a byte-level BPE of 16,384 tokens trained on State of the
// Union addresses, logits of as many. A text is drawn evenly from the tokens that are allowed, three times per schema with the same
// draws: the first finds all masks, the last finds them kept. Medians of rounds, each with a schema of its own. One line of JSON.
import { sotu } from "@deepgrain/datasets";
import { createRandom, createTokenizer, trainBpe } from "@deepgrain/lm";
import { jsonSchema } from "@deepgrain/lm/json-schema";

const rounds = Number(process.argv[2] ?? 5);
const vocabSize = 16_384;
const maxNewTokens = 256;
const texts = [];
for await (const { text } of sotu()) texts.push(text);
const json = await trainBpe(texts, { vocabSize, specialTokens: ["</s>"] });
const tokenizer = await createTokenizer({ tokenizer: json, config: { eos_token: "</s>" } });
const end = tokenizer.eosTokenId;

const person = (more) => ({
  type: "object",
  properties: {
    name: { type: "string", ...more },
    age: { type: "integer", minimum: 0, maximum: 120 },
    tags: { type: "array", items: { enum: ["red", "green", "blue"] }, maxItems: 8 },
  },
  required: ["name", "age", "tags"],
  additionalProperties: false,
});
const schemas = {
  object: (i) => ({ type: "array", items: person({}), minItems: 1, title: `${i}` }),
  bounded: (i) => ({
    type: "array",
    items: person({ maxLength: 200 }),
    minItems: 1,
    title: `${i}`,
  }),
  any: (i) => ({ type: "object", title: `${i}` }),
};

/** Microseconds per token of the processor, of one text. */
function perToken(constraint, seed) {
  const process = constraint({ promptLength: 0, maxNewTokens, eosTokenIds: [end] });
  const { next } = createRandom(seed);
  const logits = new Float32Array(vocabSize);
  const ids = [];
  let spent = 0;
  for (;;) {
    logits.fill(0);
    const start = performance.now();
    process(ids, logits);
    spent += performance.now() - start;
    let left = Math.floor(next() * logits.reduce((sum, one) => sum + (one === 0 ? 1 : 0), 0));
    const id = logits.findIndex((one) => one === 0 && left-- === 0);
    if (id === end || ids.length === maxNewTokens) break;
    ids.push(id);
  }
  return { micros: (1000 * spent) / (ids.length + 1), tokens: ids.length + 1 };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const start = performance.now();
jsonSchema(true, tokenizer);
const result = { vocabSize, vocabularyMs: performance.now() - start };
for (const [name, make] of Object.entries(schemas)) {
  const runs = Array.from({ length: rounds }, (_, i) => {
    const begun = performance.now();
    const constraint = jsonSchema(make(i), tokenizer);
    const compiledMs = performance.now() - begun;
    return { compiledMs, texts: [0, 1, 2].map(() => perToken(constraint, 7 * i + 1)) };
  });
  result[name] = {
    compileMs: median(runs.map(({ compiledMs }) => compiledMs)),
    tokens: median(runs.map(({ texts }) => texts[0].tokens)),
    first: median(runs.map(({ texts }) => texts[0].micros)),
    again: median(runs.map(({ texts }) => texts[2].micros)),
  };
}
console.log(JSON.stringify(result));
