import { describe, expect, it } from "vitest";
import type { View } from "../../src/backend/view";
import { createBlasBackend } from "../../src/blas";
import { describeBackend } from "../conformance/suite/describe-backend";
import { missingBlas } from "../support/missing-blas";

if (missingBlas === undefined) {
  describeBackend("blas, one thread, every product by the library", () =>
    createBlasBackend({ threads: 1, minimumWork: 1 }),
  );
  describeBackend("blas, two threads, every product by the library", () =>
    createBlasBackend({ threads: 2, minimumWork: 1 }),
  );
  describe("backend blas", () => {
    it.each([1, 2])(
      "finds its matrices after the memory has grown, %i threads",
      async (threads) => {
        const backend = createBlasBackend({ threads });
        const view = (size: number): View => ({
          storage: { handle: backend.allocate(size * 4) },
          offset: 0,
          shape: [size],
          strides: [1],
          dtype: "float32",
          size,
        });
        const n = 64;
        const [a, b] = [view(n * n), view(n * n)];
        backend.kernels.fill(a, 2);
        backend.kernels.fill(b, 3);
        for (let round = 0; round < 3; round++) {
          view(8 * 2 ** 20); // 32 MiB
          const c = view(n * n);
          const square = { m: n, n, k: n, aRow: n, aCol: 1, bRow: n, bCol: 1, cRow: n };
          const batch = { batch0: 1, aBatch0: 0, bBatch0: 0, cBatch0: 0 };
          const inner = { batch1: 1, aBatch1: 0, bBatch1: 0, cBatch1: 0 };
          backend.kernels.gemm(c, a, b, { ...square, ...batch, ...inner, accumulate: false });
          expect(await backend.read(c)).toEqual(new Float32Array(n * n).fill(6 * n));
        }
        await backend.dispose();
      },
    );
  });
} else {
  describe("backend blas", () => {
    it.skip(`SKIPPED, the blas backend cannot be tested: ${missingBlas}`, () => {});
  });
}
