import { getBackend, matmul, randn, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import type { GemmRate } from "./bench-result";

const kinds = ["nn", "nt", "tn"] as const;

/** The best rate of a product over many runs: the fastest run is the least disturbed by other programs. */
function bestGflops(run: () => Tensor, flops: number, seconds: number): number {
  const repeat = Math.max(1, Math.ceil(4e6 / flops));
  // A graphics processor runs asynchronously: reading one number waits for it.
  const isQueued = getBackend().name === "gpu";
  const wait = () => tidy(() => run().narrow(0, 0, 1).narrow(1, 0, 1).itemSync());
  let least = Number.POSITIVE_INFINITY;
  const until = performance.now() + 1000 * seconds;
  do {
    const start = performance.now();
    for (let i = isQueued ? 1 : 0; i < repeat; i++) run().dispose();
    if (isQueued) wait();
    least = Math.min(least, (performance.now() - start) / repeat);
  } while (performance.now() < until);
  return flops / (least * 1e6);
}

/** Rates of the three types of product that training needs, on the backend in use. */
export function measureGemm(
  [m, n, k]: readonly [number, number, number],
  seconds: number,
): Pick<GemmRate, "m" | "n" | "k" | "kind" | "gflops">[] {
  return kinds.map((kind) =>
    tidy(() => {
      const a = kind === "tn" ? randn([k, m]).transpose() : randn([m, k]);
      const b = kind === "nt" ? randn([n, k]).transpose() : randn([k, n]);
      return { m, n, k, kind, gflops: bestGflops(() => matmul(a, b), 2 * m * n * k, seconds) };
    }),
  );
}
