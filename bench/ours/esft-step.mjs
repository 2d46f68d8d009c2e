// node esft-step.mjs <threads> <seconds> [wasm|blas]: a training step of the model of `deepgrain compare esft` (4 layers, the
// first dense, d 64, 1 shared and 32 routed experts of width 32, top-4; batch 8, sequence 128) with all weights trained, with
// ESFT's chosen experts (token score, p = 0.3) and with LoRA (rank 8), in turns. Prints a line of JSON a method: milliseconds,
// and bytes of gradients and of the optimiser. One thread is timed by the processor's clock, several by the wall's.
import { attachLora, freezeExcept, scoreExperts, selectExperts } from "@deepgrain/esft";
import { CausalLM, parseConfig } from "@deepgrain/lm";
import {
  createBlasBackend,
  createWasmBackend,
  getBackend,
  manualSeed,
  optim,
  setBackend,
  tidy,
} from "@deepgrain/tensor-gpu";

const threads = Number(process.argv[2] ?? 1);
const seconds = Number(process.argv[3] ?? 3);
const backend = process.argv[4] ?? "wasm";
setBackend({ wasm: createWasmBackend, blas: createBlasBackend }[backend]({ threads }));

const [batch, length, vocabulary] = [8, 128, 512];
const config = parseConfig({
  model_type: "deepseek",
  vocab_size: vocabulary,
  hidden_size: 64,
  intermediate_size: 176,
  moe_intermediate_size: 32,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  n_shared_experts: 1,
  n_routed_experts: 32,
  num_experts_per_tok: 4,
  moe_layer_freq: 1,
  first_k_dense_replace: 1,
  norm_topk_prob: true,
  max_position_embeddings: length,
  initializer_range: 0.06,
});
manualSeed(1);
const draw = (i) => ((i * 2654435761) >>> 8) % vocabulary; // any tokens will do
const tokens = {
  ids: Int32Array.from({ length: batch * length }, (_, i) => draw(i)),
  batch,
  length,
};

/** The experts that a task would be given. */
async function choose(model) {
  const run = (sample) => model.hiddenStates(sample);
  for await (const event of scoreExperts(model, [tokens], { run, nSampleTokens: batch * length }))
    if (event.type === "score-end") return selectExperts(event.scores, { topP: 0.3 }).config;
}

const withoutBalanceLosses = (model) => {
  for (const layer of model.moeLayers.values()) layer.auxLoss = "off";
};
const methods = {
  full: withoutBalanceLosses,
  esft: async (model) => void freezeExcept(model, await choose(model)),
  lora(model) {
    withoutBalanceLosses(model);
    attachLora(model);
  },
};

async function prepare(name) {
  const model = new CausalLM(config);
  await methods[name](model);
  const trained = model.parameters();
  return { name, model, trained, optimizer: new optim.AdamW(trained, { lr: 1e-5 }), times: [] };
}

function milliseconds() {
  if (threads > 1) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function step({ model, optimizer }) {
  const start = milliseconds();
  tidy(() => model.loss(tokens).backward());
  optimizer.step({ maxGradNorm: 1 })?.dispose();
  return milliseconds() - start;
}

const runs = [];
for (const name of Object.keys(methods)) runs.push(await prepare(name));
for (const run of runs) {
  step(run);
  const gradients = run.trained.flatMap(({ grad }) => grad ?? []);
  run.gradientBytes = gradients.reduce((sum, { size }) => sum + 4 * size, 0);
}
const start = performance.now() + 500; // until then other threads compile, at the expense of the processor's clock
const end = start + 1000 * seconds;
while (performance.now() < end || runs[0].times.length < 5)
  for (const run of runs) {
    run.optimizer.zeroGrad();
    const time = step(run);
    if (performance.now() > start) run.times.push(time);
  }
for (const { name, times, trained, gradientBytes, optimizer } of runs) {
  times.sort((a, b) => a - b);
  console.log(
    JSON.stringify({
      name,
      backend,
      threads,
      medianMs: times[times.length >> 1],
      bestMs: times[0],
      trainedParameters: trained.reduce((sum, { size }) => sum + size, 0),
      gradientBytes,
      optimizerBytes: optimizer.stateBytes,
    }),
  );
}
await getBackend().dispose();
