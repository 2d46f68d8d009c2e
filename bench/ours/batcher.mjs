// node batcher.mjs <threads> [rounds]: 16 clients of a batcher (a 15M Llama, prompts of 16 to 76 tokens, 48 new tokens each) beside
// `generateBatch` on the same prompts, the same through a port, and one prompt after another; seconds, interleaved. Prints one line of JSON.
import { MessageChannel } from "node:worker_threads";
import {
  CausalLM,
  connectBatcher,
  createBatcher,
  generate,
  generateBatch,
  parseConfig,
  serveBatcher,
} from "@deepgrain/lm";
import { createWasmBackend, Generator, setBackend } from "@deepgrain/tensor-gpu";

const [threads, rounds = 3] = process.argv.slice(2).map(Number);
const backend = setBackend(createWasmBackend({ threads }));
const config = parseConfig({
  model_type: "llama",
  vocab_size: 4096,
  max_position_embeddings: 256,
  hidden_size: 288,
  num_hidden_layers: 6,
  num_attention_heads: 6,
  intermediate_size: 768,
  tie_word_embeddings: true,
  eos_token_id: null,
});
const model = new CausalLM(config, { generator: new Generator(7) });
const [clients, maxNewTokens] = [16, 48];
const prompts = Array.from({ length: clients }, (_, i) =>
  Array.from({ length: 16 + 4 * i }, (_, t) => (t * 7919 + i) % 4096),
);

const batcher = createBatcher(model);
const { port1, port2 } = new MessageChannel();
serveBatcher(port1, batcher);
const remote = connectBatcher(port2);

/** One client per prompt, each reading its own stream. */
const throughStreams = (source) => () =>
  Promise.all(
    prompts.map(async (prompt) => {
      for await (const _ of source.generate({ prompt, maxNewTokens }));
    }),
  );
const ways = {
  async batched() {
    const requests = prompts.map((prompt) => ({ prompt, maxNewTokens }));
    for await (const _ of generateBatch(model, requests));
  },
  clients: throughStreams(batcher),
  port: throughStreams(remote),
  async single() {
    for (const prompt of prompts)
      for await (const _ of generate(model, [prompt], { maxNewTokens }));
  },
};
/** One thread is timed by the processor's clock, which other programs hardly disturb; several by the wall's. */
async function seconds(run) {
  const [start, begun] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(begun);
  return threads > 1 ? (performance.now() - start) / 1000 : (user + system) / 1e6;
}

const times = { batched: [], clients: [], port: [], single: [] };
for (let round = -1; round < rounds; round++)
  for (const [name, run] of Object.entries(ways)) {
    const time = await seconds(run);
    if (round >= 0) times[name].push(time); // young code runs slowly
  }
const best = (name) => Math.min(...times[name]);
const found = Object.fromEntries(Object.keys(ways).map((name) => [name, best(name)]));
console.log(
  JSON.stringify({
    name: "deepgrain",
    workload: "batcher",
    threads,
    tokens: clients * maxNewTokens,
    ...found,
  }),
);
await remote.close();
await batcher.close();
await backend.dispose();
process.exit(0);
