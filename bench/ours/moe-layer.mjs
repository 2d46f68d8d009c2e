// node moe-layer.mjs <threads> <seconds a case> [wasm|blas]: forward and backward of one mixture layer (d 256, 32 routed
// experts of width 128, top-4, 1 shared) at 1 to 256 rows an expert, beside the same layer as a loop of plain products and
// one that trains 4 of the 32 experts. Prints a line of JSON a case. One thread is timed by the processor's clock, which
// other programs hardly disturb; several by the wall's.
import { MoeLayer } from "@deepgrain/moe";
import {
  createBlasBackend,
  createWasmBackend,
  Generator,
  getBackend,
  randn,
  setBackend,
  tidy,
} from "@deepgrain/tensor-gpu";
import { LoopedLayer } from "./looped-layer.mjs";

const threads = Number(process.argv[2] ?? 1);
const seconds = Number(process.argv[3] ?? 1);
const backend = process.argv[4] ?? "wasm";
const [hiddenSize, expertSize, experts, topK] = [256, 128, 32, 4];
const makers = { wasm: createWasmBackend, blas: createBlasBackend };
setBackend(makers[backend]({ threads }));

const generator = new Generator(1);
const sizes = { hiddenSize, expertSize, experts, topK, sharedExperts: 1 };
const grouped = new MoeLayer({ ...sizes, auxLossAlpha: 0, generator });
const looped = new LoopedLayer(grouped);
const few = new MoeLayer({ ...grouped.config, generator: new Generator(1) });
few.requireGrad(false).trainOnly([0, 9, 18, 27]);

function milliseconds() {
  if (threads > 1) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function step(layer, x) {
  const start = milliseconds();
  tidy(() => layer.forward(x).sum().backward());
  const time = milliseconds() - start;
  layer.zeroGrad();
  x.grad?.dispose();
  x.grad = null;
  return time;
}

/**
 * Times of each layer, taken in turns so that all meet the same weather. The first half second is left out: meanwhile
 * other threads compile, at the expense of the processor's clock.
 */
function race(layers, x) {
  const times = layers.map(() => []);
  const start = performance.now() + 500;
  while (performance.now() < start) for (const layer of layers) step(layer, x);
  const end = start + 1000 * seconds;
  while (performance.now() < end || times[0].length < 5)
    for (const [i, layer] of layers.entries()) times[i].push(step(layer, x));
  return times.map((list) => list.sort((a, b) => a - b));
}

function largestDifference(x) {
  const [a, b] = [grouped, looped].map((layer) => tidy(() => layer.forward(x)).dataSync());
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}

for (const rows of [1, 4, 8, 32, 256]) {
  const x = randn([(rows * experts) / topK, hiddenSize], { generator }).requireGrad();
  const times = race([grouped, looped, few], x);
  const [medianMs, loopedMs, fourExpertsMs] = times.map((list) => list[list.length >> 1]);
  console.log(
    JSON.stringify({
      name: backend === "wasm" ? "deepgrain" : `deepgrain-${backend}`,
      threads,
      rows,
      medianMs,
      bestMs: times[0][0],
      loopedMs,
      fourExpertsMs,
      largestDifference: largestDifference(x),
    }),
  );
}
await getBackend().dispose();
