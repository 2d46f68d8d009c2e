// node rollouts.mjs <threads> [rounds] [wasm|blas]: rollouts of a 15M policy for reinforcement learning (8 prompts of 16 to 128
// tokens, 8 answers of 32 tokens each) through align's `sampleAnswers`, through lm's `generateBatch` alone, and one by one; tokens per
// second, interleaved. Prints one line of JSON.
import { sampleAnswers } from "@deepgrain/align";
import { createRandom, generate, generateBatch, multinomial } from "@deepgrain/lm";
import { openModel, shortestTimes, VOCABULARY } from "./model-15m.mjs";

const { model, name, threads, rounds, dispose } = openModel();
const [groupSize, maxNewTokens] = [8, 32];
const prompts = Array.from({ length: 8 }, (_, i) =>
  Array.from({ length: 16 + 16 * i }, (_, t) => (t * 7919 + i) % VOCABULARY),
);
const tokens = prompts.length * groupSize * maxNewTokens;

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
const found = await shortestTimes(ways, { threads, rounds });
const rates = Object.fromEntries(Object.entries(found).map(([way, time]) => [way, tokens / time]));
console.log(JSON.stringify({ name, workload: "rollouts", threads, ...rates }));
await dispose();
process.exit(0);
