// node decode.mjs <threads> <seconds a case> [wasm|blas] [built checkout]: greedy decoding of Llama-shaped models with drawn
// weights: milliseconds per token at a short and a long context, the prompt of 512 tokens, and 16 prompts of 8 to 256 tokens
// together and one after another; attention of one query over 2,000 keys. Prints a line of JSON per case. The fastest fifth is
// told (20th percentile), since other programs only ever add. Another checkout of this repository is measured by the same loop.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promptOf, shapes } from "./decode-models.mjs";
import { clockOf, fifth, promptTime, tokenTime, WARM_TOKENS } from "./decode-times.mjs";

const [threads, seconds] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 2)];
const [kind = "wasm", checkout] = process.argv.slice(4);
const load = (name) =>
  import(
    checkout
      ? pathToFileURL(join(checkout, "packages", name, "dist/index.js")).href
      : `@deepgrain/${name}`
  );
const { createBlasBackend, createWasmBackend, Generator, inference, setBackend, ...engine } =
  await load("tensor-gpu");
const { CausalLM, generate, generateBatch, loadModel, parseConfig, saveModel } = await load("lm");
const backend = setBackend((kind === "blas" ? createBlasBackend : createWasmBackend)({ threads }));
const name = `deepgrain${kind === "blas" ? "-blas" : ""}${checkout ? "-before" : ""}`;
const NEW_TOKENS = 128;
const milliseconds = clockOf(threads);
const timing = { generate, clock: milliseconds, seconds };

/** Milliseconds for all tokens of 16 prompts, one after another, and together where the checkout can; after a few steps of it. */
async function batchTimes(model) {
  const prompts = Array.from({ length: 16 }, (_, i) =>
    promptOf(8 + Math.round((248 * i) / 15), model.config.vocabSize, i),
  );
  const together = async (maxNewTokens) => {
    const requests = prompts.map((prompt) => ({ prompt, maxNewTokens }));
    for await (const _ of generateBatch(model, requests));
  };
  if (generateBatch) await together(2 * WARM_TOKENS);
  const start = milliseconds();
  for (const prompt of prompts)
    for await (const _ of generate(model, [prompt], { maxNewTokens: NEW_TOKENS }));
  const alone = milliseconds() - start;
  if (!generateBatch) return { alone };
  await together(NEW_TOKENS);
  return { alone, together: milliseconds() - start - alone };
}

const [HEADS, SIZE, KEYS, PAGE] = [6, 48, 2000, 128];

/** Calls of attention of one query, each over keys and values of its own. */
function queriesOverPages(caches) {
  const { ones, rand, tensor, zeros } = engine;
  const width = Math.ceil(KEYS / PAGE);
  const table = Int32Array.from({ length: width }, (_, i) => i);
  const rows = Int32Array.of(0, KEYS - 1);
  const [query, out] = [ones([1, HEADS, SIZE]), zeros([1, HEADS, SIZE])];
  return Array.from({ length: caches }, () => {
    const pages = {
      keys: rand([width, HEADS, PAGE, SIZE]),
      values: rand([width, HEADS, PAGE, SIZE]),
      rows: tensor(rows, { shape: [1, 2] }),
      table: tensor(table, { shape: [1, width] }),
      numbers: { rows, table },
    };
    return () => inference.attendPages(out, query, pages);
  });
}

/** The same as checkouts without pages attend when they generate: over [1, keys, heads, size]. */
function queriesOverRows(caches) {
  const { noGrad, ones, rand, scaledDotProductAttention, tidy } = engine;
  const query = ones([1, 1, HEADS, SIZE]);
  return Array.from({ length: caches }, () => {
    const [k, v] = [rand([1, KEYS, HEADS, SIZE]), rand([1, KEYS, HEADS, SIZE])];
    return () =>
      tidy(() => noGrad(() => scaledDotProductAttention(query, k, v, { isCausal: true })));
  });
}

/** One query of 6 heads of 48 over 2,000 keys: `caches` of them in turn, so that one is in the processor's cache or none. */
function attendTime(caches) {
  const queries = (inference ? queriesOverPages : queriesOverRows)(caches);
  const times = [];
  for (const until = performance.now() + 500 * seconds; performance.now() < until; ) {
    const start = milliseconds();
    for (let i = 0; i < 100; i++) queries[i % caches]();
    times.push((milliseconds() - start) / 100);
  }
  return fifth(times);
}

function tell(model, what, ms) {
  if (ms !== undefined) console.log(JSON.stringify({ name, model, threads, what, ms }));
}

/** The same model held in fewer bits. */
async function narrowTimes(model, label) {
  const folder = await mkdtemp(join(tmpdir(), "decode-"));
  try {
    await saveModel(folder, model);
    model.dispose();
    for (const dtype of ["bfloat16", "int8"]) {
      const narrow = await loadModel(folder, { dtype });
      tell(`${label} ${dtype}`, "token at 16", await tokenTime(timing, narrow, 16));
      narrow.dispose();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

for (const [label, shape] of Object.entries(shapes)) {
  const model = new CausalLM(parseConfig(shape), { generator: new Generator(7) });
  tell(label, "token at 16", await tokenTime(timing, model, 16));
  if (label === "15M") {
    tell(label, "token at 1500", await tokenTime(timing, model, 1500));
    const { together, alone } = await batchTimes(model);
    tell(label, "16 prompts together", together);
    tell(label, "16 prompts alone", alone);
  }
  if (label.endsWith("M")) tell(label, "prompt of 512", await promptTime(timing, model, 512));
  if (label === "110M" && !checkout && kind === "wasm") await narrowTimes(model, label);
  else model.dispose();
}
if (kind === "wasm") {
  tell("6 × 48", "one query, in cache", attendTime(1));
  tell("6 × 48", "one query, out of cache", attendTime(16));
}
await backend.dispose();
