// node gemm.mjs <threads>: matrix products in all transpose cases. One line of JSON per case.
import { createWasmBackend, setBackend, tensor } from "@deepgrain/tensor-gpu";

const threads = Number(process.argv[2] ?? 1);
const backend = setBackend(createWasmBackend({ threads }));
const random = (shape) =>
  tensor(
    Float32Array.from({ length: shape[0] * shape[1] }, () => Math.random() - 0.5),
    { shape },
  );

function gemmCase(m, n, k, kind) {
  const a = random(kind === "tn" ? [k, m] : [m, k]);
  const b = random(kind === "nt" ? [n, k] : [k, n]);
  const c = random([m, n]);
  const [aRow, aCol] = kind === "tn" ? [1, m] : [k, 1];
  const [bRow, bCol] = kind === "nt" ? [1, k] : [n, 1];
  const none = { aBatch0: 0, aBatch1: 0, bBatch0: 0, bBatch1: 0, cBatch0: 0, cBatch1: 0 };
  const shape = {
    m,
    n,
    k,
    batch0: 1,
    batch1: 1,
    aRow,
    aCol,
    bRow,
    bCol,
    cRow: n,
    ...none,
    accumulate: false,
  };
  const times = [];
  const until = performance.now() + 400;
  while (performance.now() < until || times.length < 12) {
    const start = performance.now();
    backend.kernels.gemm(c, a, b, shape);
    times.push(performance.now() - start);
  }
  times.sort((x, y) => x - y);
  const rate = (ms) => (2e-6 * m * n * k) / ms;
  return {
    name: "deepgrain",
    threads,
    case: `${m}x${n}x${k} ${kind}`,
    gflops: rate(times[times.length >> 1]),
    bestGflops: rate(times[0]),
  };
}

for (const [m, n, k] of [
  [256, 256, 256],
  [512, 512, 512],
  [2048, 256, 256],
  [512, 512, 128],
])
  for (const kind of ["nn", "nt", "tn"]) console.log(JSON.stringify(gemmCase(m, n, k, kind)));
await backend.dispose();
