/**
 * Matrix products in GFLOP/s beside the machine's own ceiling for 128-bit multiply-adds (the `peak` kernel), best of
 * many short runs. Run with `npm run bench -- [threads] [plain]`; `plain` takes the
 * build without fused multiply-add.
 */
import { gemmKernels } from "../src/wasm/kernels/gemm";
import { measurePeak } from "../src/wasm/measure-peak";
import { createWasmRuntime } from "../src/wasm/runtime";

const most = Number(process.argv[2] ?? 2);
const relaxed = process.argv[3] !== "plain";
const shapes = [
  [16, 16, 16],
  [64, 64, 64],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 128],
  [2048, 256, 256],
  [2048, 256, 64],
  [1, 1024, 1024],
  [3, 1024, 1024],
  [4, 256, 128],
  [8, 256, 128],
  [16, 256, 128],
] as const;

function best(run: () => void, milliseconds = 250): number {
  let least = Number.POSITIVE_INFINITY;
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

for (let threads = 1; threads <= most; threads++) {
  const { launcher, heap, linear, helpersReady, dispose } = createWasmRuntime({ threads, relaxed });
  while (helpersReady() < threads - 1) await new Promise((resolve) => setTimeout(resolve, 5));
  const { gemm } = gemmKernels(launcher);
  const peak = await measurePeak({ threads, relaxed, milliseconds: 250 });
  console.log(`${threads} thread(s): peak ${peak.toFixed(1)} GFLOP/s`);
  const view = (elements: number) => ({
    storage: { handle: heap.allocate(elements * 4) },
    offset: 0,
    shape: [elements],
    strides: [1],
    dtype: "float32" as const,
    size: elements,
  });
  for (const [m, n, k] of shapes) {
    const [a, b, c] = [view(m * k), view(k * n), view(m * n)];
    for (const v of [a, b])
      linear.floats.fill(0.01, v.storage.handle / 4, v.storage.handle / 4 + v.size);
    const figures = (["nn", "nt", "tn"] as const).map((mode) => {
      const [aRow, aCol] = mode === "tn" ? [1, m] : [k, 1];
      const [bRow, bCol] = mode === "nt" ? [1, k] : [n, 1];
      const batch = { batch0: 1, batch1: 1, aBatch0: 0, aBatch1: 0, bBatch0: 0, bBatch1: 0 };
      const strides = { aRow, aCol, bRow, bCol, cRow: n, cBatch0: 0, cBatch1: 0 };
      const shape = { m, n, k, ...batch, ...strides, accumulate: false };
      const repeat = Math.max(1, Math.ceil(2e6 / (m * n * k)));
      const once = () => {
        for (let i = 0; i < repeat; i++) gemm(c, a, b, shape);
      };
      const rate = (2e-6 * m * n * k * repeat) / best(once);
      return `${mode} ${rate.toFixed(1).padStart(6)} (${((100 * rate) / peak).toFixed(0).padStart(3)} %)`;
    });
    console.log(`  ${`${m}x${n}x${k}`.padEnd(14)} ${figures.join("   ")}`);
  }
  await dispose();
}
