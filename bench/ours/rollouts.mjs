// node rollouts.mjs <threads> [rounds]: rollouts of a 15M policy for reinforcement learning (8 prompts of 16 to 128 tokens, 8 answers of
// 32 tokens each) through align's `sampleAnswers`, through lm's `generateBatch` alone, and one by one; tokens per second of processor
// time, interleaved. Prints one line of JSON.
import { sampleAnswers } from "@deepgrain/align";
import {
  CausalLM,
  createRandom,
  generate,
  generateBatch,
  multinomial,
  parseConfig,
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
const [groupSize, maxNewTokens] = [8, 32];
const prompts = Array.from({ length: 8 }, (_, i) =>
  Array.from({ length: 16 + 16 * i }, (_, t) => (t * 7919 + i) % 4096),
);
const tokens = prompts.length * groupSize * maxNewTokens;

/** One thread is timed by the processor's clock, which other programs hardly disturb; several by the wall's. */
async function seconds(run) {
  const [start, begun] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(begun);
  return threads > 1 ? (performance.now() - start) / 1000 : (user + system) / 1e6;
}

const sampler = (seed) => {
  const random = createRandom([seed]).next;
  return (logits) => multinomial(logits, random);
};
const ways = {
  rollouts: () =>
    sampleAnswers(model, prompts, { groupSize, maxNewTokens, eosTokenId: null, seed: [1] }),
  async batched() {
    const requests = prompts.map((prompt, i) => ({
      prompt,
      samples: groupSize,
      maxNewTokens,
      sampler: sampler(i),
    }));
    for await (const _ of generateBatch(model, requests, { maxSequences: 64 }));
  },
  async single() {
    for (const [i, prompt] of prompts.entries())
      for (let sample = 0; sample < groupSize; sample++)
        for await (const _ of generate(model, [prompt], { maxNewTokens, sampler: sampler(i) }));
  },
};
const times = { rollouts: [], batched: [], single: [] };
for (let round = -1; round < rounds; round++)
  for (const [name, run] of Object.entries(ways)) {
    const time = await seconds(run);
    if (round >= 0) times[name].push(time); // young code runs slowly
  }
const best = (name) => tokens / Math.min(...times[name]);
console.log(
  JSON.stringify({
    name: "deepgrain",
    workload: "rollouts",
    threads,
    rollouts: best("rollouts"),
    batched: best("batched"),
    single: best("single"),
  }),
);
await backend.dispose();
process.exit(0);
