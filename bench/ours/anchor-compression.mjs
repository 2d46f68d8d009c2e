// node anchor-compression.mjs <seconds a case> [wasm|blas]: answers to a query on compressed demonstrations beside answers to
// the full prompt, on one thread, timed by the processor's clock. Prints a line of JSON a case: GPT-2 small's shape with 20
// demonstration tokens and a query of 4, the same with TREC's 61 and 7, and the model that icl-anchors ships, with loyalties.
import {
  answerCompressed,
  answers,
  blockPromptSet,
  blockTask,
  compress,
  compressedContext,
  loadShippedModel,
} from "@deepgrain/icl-anchors";
import { CausalLM, parseConfig } from "@deepgrain/lm";
import { createBlasBackend, createWasmBackend, Generator, setBackend } from "@deepgrain/tensor-gpu";

const seconds = Number(process.argv[2] ?? 2);
const backend = process.argv[3] ?? "wasm";
const makers = { wasm: createWasmBackend, blas: createBlasBackend };
setBackend(makers[backend]({ threads: 1 }));

function milliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Median times of the two, taken in turns so that what else the machine does hits both. */
async function timed(first, second) {
  const times = [[], []];
  await first();
  await second();
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end || times[1].length < 5)
    for (const [i, work] of [first, second].entries()) {
      const start = milliseconds();
      await work();
      times[i].push(milliseconds() - start);
    }
  return times.map(median);
}

async function measure(name, model, prompt, kept) {
  const demonstrations = Array.from(prompt.ids).slice(0, prompt.queryStart);
  const context = compressedContext(model, demonstrations, kept);
  const [fullMs, keptMs] = await timed(
    () => answers(model, [prompt]),
    () => answerCompressed(model, context, [prompt]),
  );
  context.dispose();
  const query = prompt.ids.length - prompt.queryStart;
  const sizes = { demonstrations: prompt.queryStart, kept: kept.length, query };
  return { name: `deepgrain-${backend}`, case: name, ...sizes, fullMs, keptMs };
}

/** A prompt of random tokens with two label words. */
function randomPrompt(demonstrations, query, vocabulary) {
  const length = demonstrations + query;
  return {
    ids: Array.from({ length }, (_, i) => (i * 7919 + 13) % vocabulary),
    labelPositions: [[Math.floor(demonstrations / 2)], [demonstrations - 1]],
    target: length - 1,
    classIds: [1, 2],
    queryStart: demonstrations,
  };
}

const small = new CausalLM(
  parseConfig({ model_type: "gpt2", n_embd: 768, n_layer: 12, n_head: 12, vocab_size: 50_257 }),
  { generator: new Generator(1) },
);
for (const [name, demonstrations, query] of [
  ["GPT-2 small, random", 20, 4],
  ["GPT-2 small, random, TREC's lengths", 61, 7],
]) {
  const kept = Array.from({ length: Math.round(demonstrations * 0.4) }, (_, i) =>
    Math.floor(i / 0.4),
  );
  const prompt = randomPrompt(demonstrations, query, 50_257);
  console.log(JSON.stringify(await measure(name, small, prompt, kept)));
}
small.dispose();

const shipped = await loadShippedModel("anchors");
const { prompts } = blockPromptSet(blockTask, { seed: 1, items: 200, demonstrations: "fresh" });
const { labelLoyalty, wordLoyalty } = await compress(shipped, prompts);
const [first] = prompts;
const kept = [...first.formatPositions, ...first.labelPositions.flat()].sort((a, b) => a - b);
const row = await measure("shipped model", shipped, first, kept);
console.log(JSON.stringify({ ...row, labelLoyalty, wordLoyalty }));
shipped.dispose();
