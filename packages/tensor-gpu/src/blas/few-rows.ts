import type { Kernels } from "../backend/kernels";
import type { View } from "../backend/view";
import type { Product } from "../wasm/kernels/product-list";
import type { WasmRuntime } from "../wasm/runtime";
import type { BlasLibrary } from "./open-blas";
import { AS_IT_LIES, COLUMN_MAJOR } from "./operand-layout";

/** Multiply-adds up to which OpenBLAS multiplies without packing. */
const DIRECT_WORK = 1_000_000;
/** Rows of W per call come in sixes, as the columns of C in the direct kernel. */
const STREAM_STEP = 6;
/** They lie at least this far apart: more streams of memory save calls, but only long ones are read ahead. */
const LEAST_APART = 8;
/** Rows of A in a vector of the direct kernel. */
const VECTOR_ROWS = 16;

/** The smallest product for which the transposes of x and y are worth it, as measured. */
const LEAST = { n: 32, k: 128, work: 1 << 19 };
/** With fewer rows reading W takes the time, with more the library's packing costs little. */
const ROWS = { least: 4, most: 64 };
/** Our own kernel is as fast: these rows fill its tiles exactly and half a vector of the library's. */
const OWN_ROWS = [7, 8];

/** Products x·Wᵀ of few rows by the kernels of OpenBLAS that read W in place. */
export interface FewRows {
  /** Whether it computes this product and does so faster than the other ways; depends on sizes and strides only. */
  takes(product: Product): boolean;
  /** Computes products that it takes and that have one A. */
  multiply(products: readonly Product[]): void;
}

/** How the calls divide a product: `streams` rows of W by `depth` elements of each. */
interface Division {
  readonly streams: number;
  readonly depth: number;
}

/** Whole sixes of streams. k is cut where too few streams would be left within the limit of a direct product. */
function divide({ m, n, k }: Product): Division {
  const isEven = m <= VECTOR_ROWS || m % VECTOR_ROWS === 0;
  const least = isEven ? STREAM_STEP : 2 * STREAM_STEP;
  const deepest = Math.floor(DIRECT_WORK / (m * least));
  const depth = Math.ceil(k / Math.ceil(k / deepest));
  const allowed = Math.min(DIRECT_WORK / (m * depth), n / LEAST_APART);
  return { streams: STREAM_STEP * Math.max(1, Math.floor(allowed / STREAM_STEP)), depth };
}

function matrixView(address: number, shape: readonly number[], strides: readonly number[]): View {
  const size = shape[0]! * shape[1]!;
  return { storage: { handle: address }, offset: 0, shape, strides, dtype: "float32", size };
}

/**
 * @param copy the kernel that transposes x and y
 * @param minimumWork multiply-adds from which it takes products, if more than where it was measured to be faster
 */
export function createFewRows(
  { launcher, linear, threads }: Pick<WasmRuntime, "launcher" | "linear" | "threads">,
  library: BlasLibrary,
  copy: Kernels["copy"],
  minimumWork = 0,
): FewRows {
  const at = (address: number) => linear.floats.subarray(address >>> 2, (address >>> 2) + 1);

  /**
   * yᵀ [n, m] = or += W·x, with x as [k, m]. BLAS sees column-major matrices: x m×k, and in each call the rows of W that
   * lie n / streams apart as a matrix k×streams. The rows that remain take one call.
   */
  const multiplyTransposed = (product: Product, x: number, y: number) => {
    const { m, n, k, b, accumulate } = product;
    const { streams, depth } = divide(product);
    const apart = Math.floor(n / streams);
    const rest = n - apart * streams;
    library.setThreads(threads);
    for (let p = 0; p < k; p += depth) {
      const count = Math.min(depth, k - p);
      const left = at(x + p * m * 4);
      const beta = accumulate || p > 0 ? 1 : 0;
      const call = (row: number, rows: number, step: number) => {
        const w = at(b.address + (row * b.column + p) * 4);
        const out = at(y + row * m * 4);
        // biome-ignore format: one line per matrix
        library.sgemm(COLUMN_MAJOR, AS_IT_LIES, AS_IT_LIES, m, rows, count, 1,
          left, m,
          w, b.column * step,
          beta, out, m * step);
      };
      for (let row = 0; row < apart; row++) call(row, streams, apart);
      if (rest > 0) call(n - rest, rest, 1);
    }
  };

  return {
    takes({ m, n, k, b }) {
      const isMeasured = m >= ROWS.least && m <= ROWS.most && !OWN_ROWS.includes(m);
      const isLarge =
        n >= LEAST.n && k >= LEAST.k && m * n * k >= Math.max(LEAST.work, minimumWork);
      const isReadable = b.row === 1 && b.column >= k;
      return library.hasDirectKernels && threads === 1 && isMeasured && isLarge && isReadable;
    },
    multiply(products) {
      const { a, m, k } = products[0]!;
      const columns = Math.max(...products.map(({ n }) => n));
      launcher.borrow((k + columns) * m * 4, (x) => {
        const y = x + k * m * 4;
        copy(matrixView(x, [k, m], [m, 1]), matrixView(a.address, [k, m], [a.column, a.row]));
        for (const product of products) {
          const { n, c, cRow, accumulate } = product;
          const transposed = matrixView(y, [m, n], [1, m]);
          const out = matrixView(c, [m, n], [cRow, 1]);
          if (accumulate) copy(transposed, out);
          launcher.call(() => multiplyTransposed(product, x, y));
          copy(out, transposed);
        }
      });
    },
  };
}
