import type { GemmShape, Kernels } from "../../backend/kernels";
import type { Shortcuts } from "../../backend/shortcuts";
import type { Gemm, GemmBatch, GemmStrips } from "../generated/kernels";
import type { Launcher } from "../launcher";
import { GRAIN, type Matrix, PACK_LIMIT_BYTES, type Product, runProducts } from "./product-list";

/** Whether the kernels pack B. Only then does packing once for all threads pay off. */
const packs = ({ choices }: Launcher, { a, b, m, n, k }: Product): boolean =>
  choices.packsB(a.column, b.row, b.column, m, n, k) !== 0;

const gemmArguments = ({ a, b, c, cRow, m, n, k, accumulate }: Product): Gemm => [
  ...([a.address, b.address, c, m, n, k, accumulate] as const),
  ...([a.row, a.column, b.row, b.column, cRow] as const),
];

/**
 * A product that is not packed, split along its longer side. Column strips are wide enough to read rows of B efficiently.
 */
function runStrips(launcher: Launcher, product: Product): void {
  const { m, n, k } = product;
  const byColumns = n > m;
  const long = byColumns ? n : m;
  const enough = Math.ceil(GRAIN / Math.max(1, (m * n * k) / long) / 8) * 8;
  const width = Math.max(byColumns ? 256 : 16, enough);
  const args: GemmStrips = [...gemmArguments(product), byColumns, width];
  launcher.run("gemmStrips", args, Math.ceil(long / width), 1);
}

/** A large product, in pieces of n and k so that a piece's packed B stays within the limit. */
function runLarge(launcher: Launcher, product: Product): void {
  const { a, b, n, k } = product;
  const depth = Math.min(k, 16_384);
  const columns = Math.max(64, Math.floor(PACK_LIMIT_BYTES / 4 / depth / 8) * 8);
  for (let j = 0; j < n; j += columns) {
    for (let p = 0; p < k; p += depth) {
      const piece = {
        ...product,
        a: { ...a, address: a.address + p * a.column * 4 },
        b: { ...b, address: b.address + (p * b.row + j * b.column) * 4 },
        c: product.c + j * 4,
        n: Math.min(columns, n - j),
        k: Math.min(depth, k - p),
        accumulate: product.accumulate || p > 0,
        ...(product.bias && { bias: product.bias + j * 4 }),
      };
      runProducts(launcher, [piece]);
    }
  }
}

/** A batch that shares B and whose rows follow one another is one tall product. */
export function mergeBatch(shape: GemmShape): GemmShape {
  let { m, batch0, batch1 } = shape;
  const joins = (batch: number, aBatch: number, bBatch: number, cBatch: number) =>
    batch > 1 && bBatch === 0 && aBatch === m * shape.aRow && cBatch === m * shape.cRow;
  if (joins(batch1, shape.aBatch1, shape.bBatch1, shape.cBatch1)) {
    m *= batch1;
    batch1 = 1;
  }
  if (batch1 === 1 && joins(batch0, shape.aBatch0, shape.bBatch0, shape.cBatch0)) {
    m *= batch0;
    batch0 = 1;
  }
  return { ...shape, m, batch0, batch1 };
}

/** Whole products, one per thread. */
function runBatch(launcher: Launcher, product: Product, shape: GemmShape): void {
  const args: GemmBatch = [
    ...gemmArguments(product),
    shape.batch1,
    ...([shape.aBatch0, shape.aBatch1] as const),
    ...([shape.bBatch0, shape.bBatch1] as const),
    ...([shape.cBatch0, shape.cBatch1] as const),
  ];
  const work = product.m * product.n * product.k;
  const items = shape.batch0 * shape.batch1;
  launcher.run("gemmBatch", args, items, Math.ceil(GRAIN / Math.max(1, work)));
}

/** One product after the other, each by all threads. */
function runEach(launcher: Launcher, product: Product, shape: GemmShape): void {
  for (let x = 0; x < shape.batch0; x++) {
    for (let y = 0; y < shape.batch1; y++) {
      const move = (matrix: Matrix, outer: number, inner: number) => ({
        ...matrix,
        address: matrix.address + (x * outer + y * inner) * 4,
      });
      const one = {
        ...product,
        a: move(product.a, shape.aBatch0, shape.aBatch1),
        b: move(product.b, shape.bBatch0, shape.bBatch1),
        c: product.c + (x * shape.cBatch0 + y * shape.cBatch1) * 4,
      };
      if (packs(launcher, one)) runLarge(launcher, one);
      else runStrips(launcher, one);
    }
  }
}

export function gemmKernels(launcher: Launcher): Pick<Kernels, "gemm"> {
  return {
    gemm(c, a, b, given) {
      const shape = given.batch0 * given.batch1 > 1 ? mergeBatch(given) : given;
      const { m, n, k, batch0, batch1 } = shape;
      const batch = batch0 * batch1;
      if (m * n * batch === 0) return;
      const product: Product = {
        a: { address: launcher.address(a), row: shape.aRow, column: shape.aCol },
        b: { address: launcher.address(b), row: shape.bRow, column: shape.bCol },
        c: launcher.address(c),
        cRow: shape.cRow,
        m,
        n,
        k,
        accumulate: shape.accumulate,
      };
      const isLarge = m * n * k >= 4 * GRAIN && batch < 4 * launcher.threads;
      if (launcher.threads > 1 && isLarge) runEach(launcher, product, shape);
      else runBatch(launcher, product, shape);
    },
  };
}

/** The product's tiles start from the bias, so no separate pass over `out` is needed. */
export function linearShortcut(launcher: Launcher): Pick<Shortcuts, "linear"> {
  return {
    linear(out, x, weight, bias) {
      const [m = 0, k = 0] = x.shape;
      const [n = 0] = weight.shape;
      const product: Product = {
        a: { address: launcher.address(x), row: x.strides[0]!, column: x.strides[1]! },
        b: {
          address: launcher.address(weight),
          row: weight.strides[1]!,
          column: weight.strides[0]!,
        },
        c: launcher.address(out),
        cRow: n,
        m,
        n,
        k,
        accumulate: false,
        bias: launcher.address(bias),
      };
      if (!packs(launcher, product)) return false;
      runLarge(launcher, product);
      return true;
    },
  };
}
