import { Flag, place } from "./arguments";
import { choosePath, product, productBy } from "./product-paths";

@unmanaged class Gemm {
  a: usize;
  b: usize;
  c: usize;
  m: i32;
  n: i32;
  k: i32;
  accumulate: Flag;
  aRow: i32; // strides of rows and columns
  aColumn: i32;
  bRow: i32;
  bColumn: i32;
  cRow: i32;
}

@unmanaged class GemmBatch extends Gemm {
  inner: i32; // size of the inner batch axis
  aOuter: i32; // batch strides
  aInner: i32;
  bOuter: i32;
  bInner: i32;
  cOuter: i32;
  cInner: i32;
}

/** Batched products, each by one thread. An item is one product. */
export function gemmBatch(args: GemmBatch, begin: i32, end: i32): void {
  const inner = args.inner;
  for (let item = begin; item < end; item++) {
    const x = item / inner, y = item - x * inner;
    product(
      place(args.a, x * args.aOuter + y * args.aInner), args.aRow, args.aColumn,
      place(args.b, x * args.bOuter + y * args.bInner), args.bRow, args.bColumn,
      place(args.c, x * args.cOuter + y * args.cInner), args.cRow,
      args.m, args.n, args.k, args.accumulate != 0,
    );
  }
}

@unmanaged class GemmStrips extends Gemm {
  byColumns: Flag; // whether strips are columns of C
  size: i32; // rows or columns in a strip
}

/** One product that is not packed, in strips of rows or columns. An item is a strip. */
export function gemmStrips(args: GemmStrips, begin: i32, end: i32): void {
  const m = args.m, n = args.n, k = args.k;
  const aRow = args.aRow, aColumn = args.aColumn, bRow = args.bRow, bColumn = args.bColumn;
  const byColumns = args.byColumns != 0, cRow = args.cRow;
  const first = begin * args.size, last = min(byColumns ? n : m, end * args.size);
  const i = byColumns ? 0 : first, j = byColumns ? first : 0;
  productBy(
    choosePath(aColumn, bRow, bColumn, m, n, k),
    place(args.a, i * aRow), aRow, aColumn,
    place(args.b, j * bColumn), bRow, bColumn,
    place(args.c, i * cRow + j), cRow,
    byColumns ? m : last - first, byColumns ? last - first : n, k, args.accumulate != 0,
  );
}

/** Up to three matrices of rows for one x; a missing one has no rows. */
@unmanaged class LinearRows {
  x: usize;
  m: i32;
  k: i32;
  accumulate: Flag;
  w0: usize;
  out0: usize;
  n0: i32;
  w1: usize;
  out1: usize;
  n1: i32;
  w2: usize;
  out2: usize;
  n2: i32;
}

/** Rows begin … end − 1 of one of them: out (m×n) = or += x·Wᵀ. */
function linearPart(args: LinearRows, w: usize, out: usize, n: i32, begin: i32, end: i32): void {
  const first = max(begin, 0), count = min(end, n) - first, m = args.m, k = args.k;
  if (count <= 0) return;
  productBy(
    choosePath(1, 1, k, m, n, k), args.x, k, 1, place(w, first * k), 1, k, place(out, first), n, m, count, k,
    args.accumulate != 0,
  );
}

/** Products of one x with rows of several matrices. An item is a row of a matrix, one matrix after the other. */
export function linearRows(args: LinearRows, begin: i32, end: i32): void {
  const n0 = args.n0, n1 = args.n1;
  linearPart(args, args.w0, args.out0, n0, begin, end);
  linearPart(args, args.w1, args.out1, n1, begin - n0, end - n0);
  linearPart(args, args.w2, args.out2, args.n2, begin - n0 - n1, end - n0 - n1);
}
