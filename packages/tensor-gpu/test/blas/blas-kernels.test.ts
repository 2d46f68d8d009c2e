import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GemmShape } from "../../src/backend/kernels";
import { blasKernels } from "../../src/blas/blas-kernels";
import type { BlasLibrary } from "../../src/blas/open-blas";
import { assembleKernels } from "../../src/wasm/assemble-kernels";
import { createArena, noise } from "../wasm/arena";

type Memory = Float32Array;

/** Element `i` from where the pointer points. */
const element = (pointer: Memory, i: number) =>
  new Float32Array(pointer.buffer, pointer.byteOffset + i * 4, 1);

/** cblas_sgemm by its definition, row-major. */
function sgemm(...values: unknown[]) {
  const [order, transposeA, transposeB, m, n, k, alpha] = values as number[];
  const [a, lda, b, ldb, beta, c, ldc] = values.slice(7) as [
    ...[Memory, number, Memory, number, number, Memory, number],
  ];
  expect(order).toBe(101);
  expect(lda).toBeGreaterThanOrEqual(transposeA === 111 ? k! : m!);
  expect(ldb).toBeGreaterThanOrEqual(transposeB === 111 ? n! : k!);
  for (let i = 0; i < m!; i++) {
    for (let j = 0; j < n!; j++) {
      let sum = 0;
      for (let p = 0; p < k!; p++) {
        const x = element(a, transposeA === 111 ? i * lda + p : p * lda + i)[0]!;
        sum += x * element(b, transposeB === 111 ? p * ldb + j : j * ldb + p)[0]!;
      }
      const out = element(c, i * ldc + j);
      out[0] = alpha! * sum + (beta === 0 ? 0 : beta * out[0]!);
    }
  }
}

/** cblas_sgemm_batch_strided: each matrix is followed by the distance to the next. */
function sgemmBatchStrided(...values: unknown[]) {
  const sizes = values.slice(0, 7);
  const [a, lda, aStep, b, ldb, bStep, beta, c, ldc, cStep, count] = values.slice(7) as [
    ...[Memory, number, number, Memory, number, number, number, Memory, number, number, number],
  ];
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [element(a, i * aStep), element(b, i * bStep), element(c, i * cStep)];
    sgemm(...sizes, x, lda, y, ldb, beta, z, ldc);
  }
}

const calls = { plain: 0, strided: 0 };
const library = (hasStrided: boolean): BlasLibrary => ({
  path: "by definition",
  sgemm(...values) {
    calls.plain++;
    return sgemm(...values);
  },
  sgemmBatchStrided: hasStrided
    ? (...values) => {
        calls.strided++;
        return sgemmBatchStrided(...values);
      }
    : undefined,
  hasDirectKernels: false,
  setThreads() {},
});

const arena = createArena({ threads: 1 });
const wasm = assembleKernels(arena.launcher);
const AT_ONCE = { rtol: 1e-5, atol: 1e-5 };

type Layout = "rows" | "columns" | "neither" | "repeated";
const layouts: Layout[] = ["rows", "columns", "neither", "repeated"];

/** Strides of a matrix and the elements that one of them spans. */
function strides(layout: Layout, rows: number, columns: number, gap: number) {
  if (layout === "rows") return { row: columns + gap, column: 1, span: rows * (columns + gap) };
  if (layout === "columns") return { row: 1, column: rows + gap, span: columns * (rows + gap) };
  if (layout === "repeated") return { row: 0, column: 1, span: columns };
  return { row: 2 * columns + gap, column: 2, span: rows * (2 * columns + gap) };
}

describe("blas kernels", () => {
  it("give what the kernels in WebAssembly give, for any strides and batches", () => {
    const size = fc.integer({ min: 1, max: 9 });
    const batch = fc.integer({ min: 1, max: 3 });
    const layout = fc.constantFrom(...layouts);
    const anyCase = fc.record({
      m: size,
      n: size,
      k: size,
      batch0: batch,
      batch1: batch,
      a: layout,
      b: layout,
      gap: fc.integer({ min: 0, max: 2 }),
      sharesB: fc.boolean(),
      accumulate: fc.boolean(),
      hasStrided: fc.boolean(),
    });
    fc.assert(
      fc.property(anyCase, ({ a, b, gap, sharesB, accumulate, hasStrided, ...sizes }) => {
        const { m, n, k, batch0, batch1 } = sizes;
        const [x, y] = [strides(a, m, k, gap), strides(b, k, n, gap)];
        const cRow = n + gap;
        const shape: GemmShape = {
          ...sizes,
          aRow: x.row,
          aCol: x.column,
          aBatch0: x.span * batch1,
          aBatch1: x.span,
          bRow: y.row,
          bCol: y.column,
          bBatch0: y.span * batch1,
          bBatch1: y.span,
          ...(sharesB ? { bBatch0: 0, bBatch1: 0 } : {}),
          cRow,
          cBatch0: cRow * m * batch1,
          cBatch1: cRow * m,
          accumulate,
        };
        const products = batch0 * batch1;
        const left = arena.put(noise(x.span * products, 1));
        const right = arena.put(noise(y.span * products, 2));
        const [mine, theirs] = [3, 3].map((seed) => arena.put(noise(cRow * m * products, seed)));
        blasKernels(arena, library(hasStrided), wasm, 1).gemm(mine!, left, right, shape);
        wasm.gemm(theirs!, left, right, shape);
        expect(arena.read(mine!)).toBeAllclose(arena.read(theirs!), AT_ONCE);
        arena.reset();
      }),
      { numRuns: 300 },
    );
    expect(calls.plain).toBeGreaterThan(0);
    expect(calls.strided).toBeGreaterThan(0);
  });

  it("leave small products and few rows to WebAssembly", () => {
    const kernels = blasKernels(arena, library(false), wasm);
    const countOf = (m: number, n: number, k: number) => {
      const before = calls.plain;
      const [a, b] = [arena.put(new Float32Array(m * k)), arena.put(new Float32Array(k * n))];
      const rest = { accumulate: false, cRow: n, cBatch0: 0, cBatch1: 0 };
      kernels.gemm(arena.put(new Float32Array(m * n)), a, b, {
        m,
        n,
        k,
        batch0: 1,
        batch1: 1,
        aRow: k,
        aCol: 1,
        aBatch0: 0,
        aBatch1: 0,
        bRow: n,
        bCol: 1,
        bBatch0: 0,
        bBatch1: 0,
        ...rest,
      });
      arena.reset();
      return calls.plain - before;
    };
    expect(countOf(8, 8, 8)).toBe(0);
    expect(countOf(2, 256, 256)).toBe(0);
    expect(countOf(48, 48, 48)).toBe(1);
  });

  it("multiply groups of rows, the empty ones too", () => {
    const kernels = blasKernels(arena, library(false), wasm, 1);
    const [n, k, rows, groups] = [5, 7, 12, 3];
    const offsets = arena.put(Int32Array.of(0, 4, 4, 12));
    const x = arena.put(noise(rows * k, 4), [rows, k]);
    const dy = arena.put(noise(rows * n, 5), [rows, n]);
    const weights = arena.put(noise(groups * n * k, 6), [groups, n, k]);
    const both = (
      length: number,
      run: (own: boolean, out: ReturnType<typeof arena.put>) => void,
    ) => {
      const outs = [arena.put(new Float32Array(length)), arena.put(new Float32Array(length))];
      run(true, outs[0]!);
      run(false, outs[1]!);
      expect(arena.read(outs[0]!)).toBeAllclose(arena.read(outs[1]!), AT_ONCE);
    };
    const of = (own: boolean) => (own ? kernels : wasm);
    both(rows * n, (own, out) => of(own).groupedGemm("nt", out, x, weights, offsets));
    both(rows * k, (own, out) => of(own).groupedGemm("nn", out, dy, weights, offsets));
    both(groups * n * k, (own, out) => of(own).groupedGemmWeight(out, dy, x, offsets, null));
    arena.reset();
  });
});
