import type { Kernels } from "../backend/kernels";
import { mergeBatch } from "../wasm/kernels/gemm";
import { groupedGemmKernels, runInParts } from "../wasm/kernels/grouped-gemm";
import type { Product } from "../wasm/kernels/product-list";
import type { WasmRuntime } from "../wasm/runtime";
import { createBlasCaller } from "./blas-caller";
import { createFewRows } from "./few-rows";
import type { BlasLibrary } from "./open-blas";

/** Multiply-adds from which a product goes to the library: below, the call costs more than it saves. */
const MINIMUM = 1 << 16;
/** Rows of A below which the time is spent reading B, where our kernels are as fast or faster. */
const ROWS_MINIMUM = 8;

type MatrixKernels = Pick<Kernels, "gemm" | "groupedGemm" | "groupedGemmWeight">;

/**
 * Whether the library is faster, as measured with OpenBLAS. Products of a batch run in parallel on our own threads;
 * the library runs them one by one, each on all threads, which pays off only for larger ones.
 */
function isWorthwhile({ m, n, k }: Product, products: number, threads: number): boolean {
  return m >= ROWS_MINIMUM && m * n * k >= MINIMUM * (products > 1 ? threads * threads : 1);
}

/**
 * The three matrix kernels on a BLAS library.
 *
 * @param wasm kernels for the products that do not go to the library
 * @param minimumWork multiply-adds from which products go to the library; default: where it was measured to be faster
 */
export function blasKernels(
  runtime: WasmRuntime,
  library: BlasLibrary,
  wasm: Kernels,
  minimumWork?: number,
): MatrixKernels {
  const { launcher, threads } = runtime;
  const caller = createBlasCaller(runtime, library, wasm.copy);
  const fewRows = createFewRows(runtime, library, wasm.copy, minimumWork);
  const isForLibrary = (product: Product, products: number) =>
    minimumWork === undefined
      ? isWorthwhile(product, products, threads)
      : product.m * product.n * product.k >= Math.max(1, minimumWork);
  return {
    gemm(c, a, b, given) {
      const shape = mergeBatch(given);
      const { m, n, k, cRow, accumulate, batch0, batch1 } = shape;
      const first: Product = {
        a: { address: launcher.address(a), row: shape.aRow, column: shape.aCol },
        b: { address: launcher.address(b), row: shape.bRow, column: shape.bCol },
        c: launcher.address(c),
        cRow,
        m,
        n,
        k,
        accumulate,
      };
      if (batch0 * batch1 === 1 && fewRows.takes(first)) return fewRows.multiply([first]);
      if (!isForLibrary(first, batch0 * batch1)) return wasm.gemm(c, a, b, given);
      caller.multiplyBatch(first, shape);
    },
    ...groupedGemmKernels(launcher, (products) => {
      const others: Product[] = [];
      for (const product of products) {
        if (fewRows.takes(product)) fewRows.multiply([product]);
        else if (isForLibrary(product, products.length)) caller.multiply(product);
        else others.push(product);
      }
      runInParts(launcher, others);
    }),
  };
}
