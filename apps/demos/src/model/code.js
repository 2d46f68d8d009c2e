import { CausalLM, generate, loadModel, parseConfig, saveModel } from "@deepgrain/lm";
import { manualSeed, memory } from "@deepgrain/tensor-gpu";

// In a page a folder is also a directory handle that was picked, or an https address.
const folder = new Map();
manualSeed(1);
const sizes = { vocab_size: 256, hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4 };
const config = parseConfig({ model_type: "llama", intermediate_size: 64, ...sizes });
await saveModel(folder, new CausalLM(config));
console.log([...folder.keys()].sort().join(" ")); // config.json model.safetensors

const model = await loadModel(folder);
const prompt = [...new TextEncoder().encode("Once upon a time")];
const began = performance.now();
let count = 0;
for await (const { ids } of generate(model, [prompt], { maxNewTokens: 64, eosTokenId: null }))
  count += ids.length;
console.log(count, "tokens"); // 64 tokens
const seconds = (performance.now() - began) / 1000;
console.log(count / seconds > 0, memory().bytes > 0); // true true
