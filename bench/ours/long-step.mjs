// node long-step.mjs [built checkout] [file]: one training step (loss, gradients, AdamW) of 2 × 4,096 tokens at vocabulary 32,000,
// d 128, 4 layers, one thread. Prints a line of JSON: the loss, milliseconds of processor time of a step (the least of three) and
// the most bytes that tensors and the backend's buffers took; `file` gets the gradients of the first step, float32.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [checkout, file] = process.argv.slice(2);
const load = (name) =>
  import(
    checkout
      ? pathToFileURL(join(checkout, "packages", name, "dist/index.js")).href
      : `@deepgrain/${name}`
  );
const { createWasmBackend, Generator, optim, setBackend, tidy } = await load("tensor-gpu");
const { CausalLM, parseConfig } = await load("lm");

const [batch, length, vocabulary] = [2, 4096, 32000];
const config = {
  model_type: "llama",
  vocab_size: vocabulary,
  hidden_size: 128,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  intermediate_size: 344,
  max_position_embeddings: length,
  tie_word_embeddings: true,
  eos_token_id: null,
};
const ids = Int32Array.from({ length: batch * length }, (_, i) => (i * 7919 + 11) % vocabulary);

/** Counts what the backend has lent; works in every checkout. */
function watched(backend) {
  let [live, peak] = [0, 0];
  const allocate = (bytes) => {
    live += bytes;
    peak = Math.max(peak, live);
    return backend.allocate(bytes);
  };
  const free = (handle, bytes) => {
    live -= bytes;
    backend.free(handle, bytes);
  };
  return { backend: { ...backend, allocate, free }, peakBytes: () => peak };
}

const made = createWasmBackend({ threads: 1 });
const { backend, peakBytes } = watched(made);
setBackend(backend);
const model = new CausalLM(parseConfig(config), { generator: new Generator(7) });
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
const processorMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const losses = [];
const times = [];
for (let step = 0; step < 3; step++) {
  const start = processorMs();
  tidy(() => {
    const loss = model.loss({ ids, batch, length });
    loss.backward();
    losses.push(loss.dataSync()[0]);
  });
  if (step === 0 && file)
    writeFileSync(
      file,
      Buffer.concat(
        [...model.parameters()].map(({ grad }) => Buffer.from(grad.dataSync().slice().buffer)),
      ),
    );
  optimizer.step();
  optimizer.zeroGrad();
  times.push(processorMs() - start);
}
console.log(
  JSON.stringify({
    name: checkout ? "deepgrain-before" : "deepgrain",
    losses,
    ms: Math.min(...times),
    peakBytes: peakBytes(),
  }),
);
await made.dispose();
