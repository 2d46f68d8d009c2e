// Trains a small language model on one sentence and lets it go on from the first words.
import { CausalLM, generate, greedy, packSequences, parseConfig, train } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";

manualSeed(1);
const text = new TextEncoder().encode("the quick brown fox jumps over the lazy dog. ".repeat(100));
const sizes = { vocab_size: 256, hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4 };
const model = new CausalLM(parseConfig({ model_type: "llama", intermediate_size: 64, ...sizes }));
const data = packSequences(text, { blockLength: 32, batchSize: 8 });
for await (const event of train(model, data, { steps: 80, lr: 1e-2 }))
  if (event.type === "step-end" && event.step % 20 === 0) console.log(event.step, event.loss);

const prompt = [...new TextEncoder().encode("the quick ")];
let answer = "";
for await (const { ids } of generate(model, [prompt], { maxNewTokens: 9, sampler: greedy }))
  answer += String.fromCharCode(ids[0]!);
console.log(answer);
