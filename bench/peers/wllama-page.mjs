// The same measure by wllama, which a page finds under /wllama/: its own milliseconds per token, 20th percentile of answers of 64.
import { Wllama } from "/wllama/index.js";

globalThis.tokenMs = async (address, seconds) => {
  const wllama = new Wllama({ default: "/wllama/wasm/wllama.wasm" });
  const file = await (await fetch(address)).blob();
  await wllama.loadModel([file], { n_ctx: 2048, n_threads: 1, n_gpu_layers: 0 });
  const times = [];
  for (const until = performance.now() + 1000 * seconds; performance.now() < until; ) {
    const { timings } = await wllama.createCompletion({
      prompt: "aaaaaaaaaaaaaaa",
      max_tokens: 64,
      temperature: 0,
    });
    times.push(timings.predicted_ms / timings.predicted_n);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 5)];
};
