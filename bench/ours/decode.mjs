// node decode.mjs <threads> <seconds a case> [wasm|blas] [models]: greedy decoding of Llama-shaped models with
// drawn weights, float32: milliseconds per token at a short and a long context, the prompt of 512 tokens, and 16 prompts of 8 to
// 256 tokens together and one after another. Prints a line of JSON a case. The case's fastest fifth is told (20th percentile),
// since other programs only ever add.
const [threads, seconds] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 2)];
const [kind = "wasm", models = "15M,110M"] = process.argv.slice(4);
const { createBlasBackend, createWasmBackend, Generator, setBackend } = await import(
  "@deepgrain/tensor-gpu"
);
const { CausalLM, generate, generateBatch, parseConfig } = await import("@deepgrain/lm");
const backend = setBackend((kind === "blas" ? createBlasBackend : createWasmBackend)({ threads }));

const shapes = {
  "15M": { hidden_size: 288, num_hidden_layers: 6, num_attention_heads: 6, intermediate_size: 768 },
  "110M": {
    ...{ hidden_size: 768, num_hidden_layers: 12 },
    ...{ num_attention_heads: 12, intermediate_size: 2048 },
  },
};
const shared = {
  ...{ model_type: "llama", vocab_size: 32000, max_position_embeddings: 2048 },
  ...{ tie_word_embeddings: true, eos_token_id: null },
};
const prompt = (length, from = 11) => Array.from({ length }, (_, i) => (i * 7919 + from) % 32000);

/** One thread is timed by the processor's clock, which other programs hardly disturb; several by the wall's. */
function milliseconds() {
  if (threads > 1) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const fifth = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 5)];

/** Milliseconds of each token after the first, for about `seconds`. */
async function tokenTimes(model, context) {
  const times = [];
  let last = 0;
  const until = performance.now() + 1000 * seconds;
  const steps = generate(model, [prompt(context)], { maxNewTokens: 2048 - context });
  for await (const { step } of steps) {
    const now = milliseconds();
    if (step > 3) times.push(now - last);
    last = now;
    if (performance.now() > until && times.length > 8) break;
  }
  return times;
}

/** Milliseconds until the first token. */
async function promptTime(model, length) {
  const times = [];
  for (
    const until = performance.now() + 1000 * seconds;
    performance.now() < until || times.length < 3;
  ) {
    const start = milliseconds();
    for await (const _ of generate(model, [prompt(length)], { maxNewTokens: 1 }));
    times.push(milliseconds() - start);
  }
  return fifth(times);
}

/** Milliseconds for all tokens of 16 prompts, together and one after another. */
async function batchTimes(model, maxNewTokens = 24) {
  const requests = Array.from({ length: 16 }, (_, i) => ({
    ...{ prompt: prompt(8 + Math.round((248 * i) / 15), i), maxNewTokens },
  }));
  const start = milliseconds();
  for await (const _ of generateBatch(model, requests));
  const together = milliseconds() - start;
  for (const { prompt: one } of requests)
    for await (const _ of generate(model, [one], { maxNewTokens }));
  return { together, alone: milliseconds() - start - together };
}

for (const name of models.split(",")) {
  const model = new CausalLM(parseConfig({ ...shared, ...shapes[name] }), {
    generator: new Generator(7),
  });
  const line = { name: kind === "blas" ? "deepgrain-blas" : "deepgrain", model: name, threads };
  const tell = (what, ms) => console.log(JSON.stringify({ ...line, what, ms }));
  tell("token at 16", fifth(await tokenTimes(model, 16)));
  tell("token at 1500", fifth(await tokenTimes(model, 1500)));
  tell("prompt of 512", await promptTime(model, 512));
  if (name === "15M") {
    const { together, alone } = await batchTimes(model);
    tell("16 prompts together", together);
    tell("16 prompts alone", alone);
  }
  model.dispose();
}
await backend.dispose();
