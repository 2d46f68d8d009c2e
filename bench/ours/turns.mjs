// Training steps and generated tokens per second with turns of the event loop and without, in three alternating pairs:
//   node bench/ours/turns.mjs     (needs a build)
// Without: the clock stands still, so that no turn is ever due. The models are small, so that turns and their checks show.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CausalLM, generate, packSequences, parseConfig, train } from "@deepgrain/lm";
import { createWasmBackend, Generator, setBackend } from "@deepgrain/tensor-gpu";
import { markdownTable, median } from "../markdown.mjs";

const PAIRS = 3;

const makeModel = () =>
  new CausalLM(
    parseConfig({
      model_type: "llama",
      vocab_size: 256,
      max_position_embeddings: 512,
      hidden_size: 64,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      intermediate_size: 128,
      eos_token_id: null,
    }),
    { generator: new Generator(7) },
  );

const works = {
  async steps(count) {
    const ids = Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256);
    const data = packSequences(ids, { batchSize: 4, blockLength: 32 });
    for await (const _ of train(makeModel(), data, { steps: count, lr: 1e-3 }));
  },
  async tokens(count) {
    const model = makeModel();
    for (let done = 0; done < count; done += 500)
      for await (const _ of generate(model, [[1, 2, 3]], { maxNewTokens: 500 }));
  },
};
const counts = { steps: 400, tokens: 8000 };

/** Steps or tokens per second of processor time. */
async function measure(work, mode) {
  setBackend(createWasmBackend({ threads: 1 }));
  if (mode === "without") performance.now = () => 0;
  await works[work](counts[work] / 4);
  const start = process.cpuUsage();
  await works[work](counts[work]);
  const { user, system } = process.cpuUsage(start);
  return (counts[work] / (user + system)) * 1e6;
}

const [work, mode] = process.argv.slice(2);
if (work) console.log(await measure(work, mode));
else {
  const run = (...args) =>
    Number(
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...args], {
        encoding: "utf8",
      }),
    );
  const rows = Object.keys(works).map((name) => {
    const pairs = Array.from({ length: PAIRS }, () => [run(name, "with"), run(name, "without")]);
    const show = (i) => pairs.map((pair) => Math.round(pair[i])).join(", ");
    return [name, show(0), show(1), median(pairs.map((pair) => pair[0] / pair[1])).toFixed(3)];
  });
  console.log(markdownTable([["per second", "with turns", "without", "median ratio"], ...rows]));
}
