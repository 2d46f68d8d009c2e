// node bench/layer.mjs [threads] [seconds a case]: forward and backward of one mixture layer (d 256, 32 routed experts of
// width 128, top-4, 1 shared) against the same layer as a loop of plain products, at 1 to 256 rows an expert, and against
// PyTorch where python3 has it. Also one step that trains 4 of the 32 experts. Needs built packages. Prints JSON lines.
// One thread is timed by the processor's clock, which other programs do not disturb; several by the wall's.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MoeLayer } from "@deepgrain/moe";
import {
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
const [d, f, experts, topK] = [256, 128, 32, 4];
setBackend(createWasmBackend({ threads }));

const generator = new Generator(1);
const grouped = new MoeLayer({
  hiddenSize: d,
  expertSize: f,
  experts,
  topK,
  sharedExperts: 1,
  auxLossAlpha: 0,
  generator,
});
const looped = new LoopedLayer(grouped);
const few = new MoeLayer({ ...grouped.config, generator: new Generator(1) });
few.requireGrad(false).trainOnly([0, 9, 18, 27]);

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

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

/** Median milliseconds of each layer, taken in turns so that all meet the same weather. */
function race(layers, x) {
  const times = layers.map(() => []);
  for (const layer of layers) step(layer, x);
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end || times[0].length < 3)
    for (const [i, layer] of layers.entries()) times[i].push(step(layer, x));
  return times.map(median);
}

function largestDifference(x) {
  const [a, b] = [grouped, looped].map((layer) => tidy(() => layer.forward(x)).dataSync());
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}

function torchTimes() {
  const script = fileURLToPath(new URL("peers/layer.py", import.meta.url));
  const { OPENBLAS_CORETYPE: _, ...env } = process.env;
  for (const python of ["/usr/bin/python3", "python3"]) {
    const { status, stdout } = spawnSync(python, [script, String(threads), String(seconds)], {
      encoding: "utf8",
      env: {
        ...env,
        OMP_NUM_THREADS: String(threads),
        OPENBLAS_NUM_THREADS: String(threads),
        OMP_WAIT_POLICY: "passive",
      },
    });
    if (status === 0)
      return new Map(
        stdout
          .trim()
          .split("\n")
          .map((line) => Object.values(JSON.parse(line))),
      );
  }
  return new Map();
}

const torch = torchTimes();
for (const rows of [1, 4, 8, 32, 256]) {
  const tokens = (rows * experts) / topK;
  const x = randn([tokens, d], { generator }).requireGrad();
  const [groupedMs, loopedMs, fewMs] = race([grouped, looped, few], x);
  const torchMs = torch.get(rows) ?? null;
  console.log(
    JSON.stringify({
      rowsAnExpert: rows,
      tokens,
      threads,
      groupedMs,
      loopedMs,
      speedupOverLoop: loopedMs / groupedMs,
      fourExpertsMs: fewMs,
      torchMs,
      shareOfTorch: torchMs && torchMs / groupedMs,
      largestDifference: largestDifference(x),
    }),
  );
}
await getBackend().dispose();
