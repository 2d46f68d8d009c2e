// node webgpu.mjs <threads> <adapter|webgpu|wasm|gpu> [hardware|software]: copies, products, training steps, a token and a prompt
// on one backend, with the work that `webgpu` counts. `gpu` is gpu.js in its mode webgpu. Prints a line of JSON per case.
import { CausalLM, generate, parseConfig } from "@deepgrain/lm";
import {
  createGpuBackend,
  createWasmBackend,
  createWebGpuBackend,
  Generator,
  matmul,
  noGrad,
  randn,
  setBackend,
  tidy,
} from "@deepgrain/tensor-gpu";
import { gpt, queueStep } from "../dist/workloads.js";
import { describeAdapter, nodeGpu } from "../node-gpu.mjs";
import { clockOn, queuedTime } from "../queued-time.mjs";
import { productName, promptName, stepName, tokenName, webgpuSizes } from "../webgpu-sizes.mjs";
import { promptOf, shapes } from "./decode-models.mjs";
import { promptTime, tokenTime, WARM_TOKENS } from "./decode-times.mjs";

const [threads, kind, hardware = "hardware"] = process.argv.slice(2);
const tell = (line) => console.log(JSON.stringify(line));

const makers = {
  webgpu: () => createWebGpuBackend({ allowSoftware: hardware === "software" }),
  gpu: () => createGpuBackend({ mode: "webgpu" }),
  wasm: () => createWasmBackend({ threads: Number(threads) }),
};

const sizes = webgpuSizes[hardware];
const clock = clockOn(hardware);
const timing = { clock, seconds: sizes.seconds, leastMs: sizes.leastMs };

/** Reads one number of a tensor, for which all queued work has to be done. It is a view: no kernel runs for it. */
async function readOne(tensor) {
  const one = noGrad(() => tidy(() => tensor.reshape([tensor.size]).narrow(0, 0, 1)));
  await one.data();
  one.dispose();
}

const tensorWork = (queue) => ({ queue, read: readOne, drop: (tensor) => tensor.dispose() });

/** What `backend` counts of one piece of work; undefined where it counts nothing. */
async function countsOf(backend, work) {
  if (!backend.counts) return undefined;
  backend.counts();
  const result = work.queue();
  await work.read(result);
  work.drop(result);
  const { flop, bytesRead, bytesWritten, dispatches, submits } = backend.counts();
  return { flop, bytes: bytesRead + bytesWritten, dispatches, submits };
}

async function measured(backend, work) {
  const ms = await queuedTime(work, timing);
  return { ms, counts: await countsOf(backend, work) };
}

async function copyCase(backend) {
  const x = randn([sizes.copyFloats]);
  const found = await measured(
    backend,
    tensorWork(() => x.clone()),
  );
  x.dispose();
  return found;
}

async function productCase(backend, side) {
  const [a, b] = [randn([side, side]), randn([side, side])];
  const found = await measured(
    backend,
    tensorWork(() => matmul(a, b)),
  );
  a.dispose();
  b.dispose();
  return found;
}

async function stepCase(backend, shape) {
  const workload = gpt(shape, new Generator(1));
  const found = await measured(
    backend,
    tensorWork(() => queueStep(workload)),
  );
  for (const parameter of workload.parameters) parameter.dispose();
  workload.optimizer.dispose();
  return found;
}

/** Counts from the token `from` of a text until that of `to`, per token. */
async function textCounts(backend, model, prompt, { from, to }) {
  if (!backend.counts) return undefined;
  backend.counts();
  let last = backend.counts();
  for await (const { step } of generate(model, [prompt], { maxNewTokens: to, eosTokenId: null })) {
    if (step === from - 1) backend.counts();
    if (step === to - 1) last = backend.counts();
  }
  const { flop, bytesRead, bytesWritten, dispatches, submits } = last;
  const per = (value) => value / (to - from);
  return {
    flop: per(flop),
    bytes: per(bytesRead + bytesWritten),
    dispatches: per(dispatches),
    submits: per(submits),
  };
}

const CONTEXT = 16;

async function textCases(backend, name) {
  const config = parseConfig(shapes[name]);
  const model = new CausalLM(config, { generator: new Generator(7) });
  const times = { generate, ...timing };
  const [short, long] = [CONTEXT, sizes.prompt].map((size) => promptOf(size, config.vocabSize));
  await tryCase(tokenName(name), async () => ({
    ms: await tokenTime(times, model, CONTEXT),
    counts: await textCounts(backend, model, short, { from: WARM_TOKENS, to: 2 * WARM_TOKENS }),
  }));
  await tryCase(promptName(name, sizes.prompt), async () => ({
    ms: await promptTime(times, model, sizes.prompt),
    counts: await textCounts(backend, model, long, { from: 0, to: 1 }),
  }));
  model.dispose();
}

/** One case; what it throws is told in its place. */
async function tryCase(what, run) {
  try {
    tell({ name: kind, what, ...(await run()) });
  } catch (error) {
    tell({ name: kind, what, error: error.message });
  }
}

if (kind !== "wasm") {
  const found = await describeAdapter(await nodeGpu());
  if (kind === "adapter") {
    tell(found ?? { missing: "this machine has no adapter for WebGPU" });
    process.exit(0);
  }
}
const backend = setBackend(await makers[kind]());
if (kind === "wasm") await backend.threadsReady();
await tryCase("copy", () => copyCase(backend));
for (const side of sizes.products)
  await tryCase(productName(side), () => productCase(backend, side));
for (const shape of sizes.steps) await tryCase(stepName(shape), () => stepCase(backend, shape));
for (const name of sizes.models) await textCases(backend, name);
await backend.dispose();
process.exit(0); // Dawn keeps the process alive
