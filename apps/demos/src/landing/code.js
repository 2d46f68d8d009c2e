import { CausalLM, generate, packSequences, parseConfig, train } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";

const sentence = [..."the quick brown fox jumps over the lazy dog. "];
const alphabet = [...new Set(sentence)];
const ids = sentence.map((letter) => alphabet.indexOf(letter));

manualSeed(1);
const sizes = { hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4 };
const experts = { n_routed_experts: 6, n_shared_experts: 1, num_experts_per_tok: 2 };
const config = { model_type: "deepseek", vocab_size: alphabet.length, moe_intermediate_size: 16 };
const model = new CausalLM(parseConfig({ ...config, ...sizes, ...experts }));

const stream = Array.from({ length: 90 }, () => ids).flat();
const data = packSequences(stream, { blockLength: 96, batchSize: 4 });
for await (const event of train(model, data, { steps: 80, lr: 1e-2 }))
  if (event.type === "step-end" && event.step % 20 === 0) console.log(event.step, event.loss);

let written = "";
for await (const { ids: made } of generate(model, [ids], { maxNewTokens: 44, eosTokenId: null }))
  written += alphabet[made[0]];
console.log(written); // the quick brown fox jumps over the lazy dog.
