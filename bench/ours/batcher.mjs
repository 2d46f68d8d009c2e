// node batcher.mjs <threads> [rounds] [wasm|blas]: 16 clients of a batcher (a 15M Llama, prompts of 16 to 76 tokens, 48 new tokens
// each) beside `generateBatch` on the same prompts, the same through a port, and one prompt after another; seconds, interleaved.
// Prints one line of JSON.
import { MessageChannel } from "node:worker_threads";
import {
  connectBatcher,
  createBatcher,
  generate,
  generateBatch,
  serveBatcher,
} from "@deepgrain/lm";
import { openModel, shortestTimes, VOCABULARY } from "./model-15m.mjs";

const { model, name, threads, rounds, dispose } = openModel();
const [clients, maxNewTokens] = [16, 48];
const prompts = Array.from({ length: clients }, (_, i) =>
  Array.from({ length: 16 + 4 * i }, (_, t) => (t * 7919 + i) % VOCABULARY),
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
const found = await shortestTimes(ways, { threads, rounds });
console.log(
  JSON.stringify({ name, workload: "batcher", threads, tokens: clients * maxNewTokens, ...found }),
);
await remote.close();
await batcher.close();
await dispose();
process.exit(0);
