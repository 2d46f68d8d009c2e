import type { GemmShape, Kernels } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { GRAIN, type Matrix, PACK_LIMIT_BYTES, type Product, runProducts } from "./product-list";

/** Whether `choosePath` in `assembly/product.ts` packs B: only then is it worth packing once for all threads. */
function packs({ a, b, m, n, k }: Product): boolean {
  const dots = a.column === 1 && b.row === 1 && (m < 8 || n < 8);
  return !dots && m >= 24 && n >= 16 && k >= 8;
}

function writeProduct({ ints }: Launcher, { a, b, c, cRow, m, n, k, accumulate }: Product): void {
  ints.set([a.address, b.address, c, m, n, k, accumulate ? 1 : 0]);
  ints.set([a.row, a.column, b.row, b.column, cRow], 7);
}

/** A product that is not packed, along its longer side. */
function runStrips(launcher: Launcher, product: Product): void {
  const { m, n, k } = product;
  const byColumns = n > m;
  const long = byColumns ? n : m;
  const width = Math.max(
    byColumns ? 64 : 16,
    Math.ceil(GRAIN / Math.max(1, (m * n * k) / long) / 8) * 8,
  );
  writeProduct(launcher, product);
  launcher.ints[12] = byColumns ? 1 : 0;
  launcher.ints[13] = width;
  launcher.run("gemmStrips", Math.ceil(long / width), 1);
}

/** A large product, in pieces of n and k so that a piece's packed B stays within the limit. */
function runLarge(launcher: Launcher, threads: number, product: Product): void {
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
      };
      runProducts(launcher, threads, [piece]);
    }
  }
}

/** A batch that shares B and whose rows follow one another is one tall product. */
function mergeBatch(shape: GemmShape): GemmShape {
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

export function gemmKernels(launcher: Launcher): Pick<Kernels, "gemm"> {
  const { threads } = launcher;
  const runBatch = (product: Product, shape: GemmShape) => {
    const { batch0, batch1, m, n, k } = shape;
    writeProduct(launcher, product);
    launcher.ints.set(
      [
        batch1,
        shape.aBatch0,
        shape.aBatch1,
        shape.bBatch0,
        shape.bBatch1,
        shape.cBatch0,
        shape.cBatch1,
      ],
      12,
    );
    launcher.run("gemmBatch", batch0 * batch1, Math.ceil(GRAIN / Math.max(1, m * n * k)));
  };
  const runEach = (product: Product, shape: GemmShape) => {
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
        if (packs(one)) runLarge(launcher, threads, one);
        else runStrips(launcher, one);
      }
    }
  };
  return {
    gemm(c, a, b, unmerged) {
      const shape = mergeBatch(unmerged);
      const { m, n, k, batch0, batch1 } = shape;
      if (m * n * batch0 * batch1 === 0) return;
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
      const large = m * n * k >= 4 * GRAIN && batch0 * batch1 < 4 * threads;
      if (threads > 1 && large) runEach(product, shape);
      else runBatch(product, shape);
    },
  };
}
