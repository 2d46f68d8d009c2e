import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Backend,
  groupedLinear,
  inference,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from "../../src";
import { createBlasBackend } from "../../src/blas";
import { createFewRows } from "../../src/blas/few-rows";
import { loadKoffi } from "../../src/blas/load-koffi";
import { type BlasLibrary, openBlas } from "../../src/blas/open-blas";
import { environmentVariable, platformName } from "../../src/host";
import { assembleKernels } from "../../src/wasm/assemble-kernels";
import type { Product } from "../../src/wasm/kernels/product-list";
import { missingBlas } from "../support/missing-blas";
import { createArena, noise } from "../wasm/arena";

const NEAR = { rtol: 1e-5, atol: 1e-4 };

/** x [m, k]·Wᵀ, added to `before` where it is given, in float64. */
function sums(x: Float32Array, w: Float32Array, m: number, k: number, before?: Float32Array) {
  const n = w.length / k;
  return Float32Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n) * k, (at % n) * k];
    let sum = before ? before[at]! : 0;
    for (let p = 0; p < k; p++) sum += x[i + p]! * w[j + p]!;
    return sum;
  });
}

type Matrix = readonly [memory: Float32Array, leading: number];

/** The multiply-adds of each call. */
const calls: number[] = [];

/** cblas_sgemm by its definition, for column-major matrices that are not transposed. */
function sgemm(...values: unknown[]) {
  const [order, transposeA, transposeB, m = 0, n = 0, k = 0] = values as number[];
  const [a, lda, b, ldb, beta, out, ldc] = values.slice(7) as [
    ...Matrix,
    ...Matrix,
    number,
    ...Matrix,
  ];
  expect([order, transposeA, transposeB]).toEqual([102, 111, 111]);
  expect([lda >= m, ldb >= k, ldc >= m]).toEqual([true, true, true]);
  calls.push(m * n * k);
  const [x, y, c] = [a, b, out].map((part) => new Float32Array(part.buffer, part.byteOffset));
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < m; i++) {
      let sum = beta === 0 ? 0 : beta * c![j * ldc + i]!;
      for (let p = 0; p < k; p++) sum += x![p * lda + i]! * y![j * ldb + p]!;
      c![j * ldc + i] = sum;
    }
  }
}

const library = (hasDirectKernels: boolean): BlasLibrary => ({
  path: "by definition",
  sgemm,
  sgemmBatchStrided: undefined,
  hasDirectKernels,
  setThreads() {},
});

const arena = createArena({ threads: 1 });
const { copy } = assembleKernels(arena.launcher);
const fewRows = createFewRows(arena, library(true), copy);

const contiguous = (m: number, n: number, k: number): Product => ({
  a: { address: 0, row: k, column: 1 },
  b: { address: 0, row: 1, column: k },
  c: 0,
  cRow: n,
  m,
  n,
  k,
  accumulate: false,
});

describe("products of few rows", () => {
  it("are cut into calls that OpenBLAS computes without packing, at any depth", () => {
    for (const [m, n, k] of [
      [16, 101, 700],
      [23, 37, 5000],
      [64, 47, 1500],
      [4, 1100, 131],
    ] as const) {
      const gap = 3;
      const [x, w] = [noise(m * (k + gap), 1), noise(n * (k + gap), 2)];
      const [a, b, c] = [arena.put(x), arena.put(w), arena.put(new Float32Array(m * n))];
      const product = {
        ...contiguous(m, n, k),
        a: { address: arena.launcher.address(a), row: k + gap, column: 1 },
        b: { address: arena.launcher.address(b), row: 1, column: k + gap },
        c: arena.launcher.address(c),
      };
      expect(fewRows.takes(product)).toBe(true);
      calls.length = 0;
      fewRows.multiply([product]);
      expect(Math.max(...calls)).toBeLessThanOrEqual(1_000_000);
      const rowsOf = (padded: Float32Array) => padded.filter((_, i) => i % (k + gap) < k);
      expect(arena.read(c)).toBeAllclose(sums(rowsOf(x), rowsOf(w), m, k), NEAR);
      arena.reset();
    }
  });

  it("are those that were measured to be faster", () => {
    const takes = (m: number, n: number, k: number) => fewRows.takes(contiguous(m, n, k));
    const rows = Array.from({ length: 70 }, (_, m) => m).filter((m) => takes(m, 2048, 2048));
    expect(rows).toEqual([4, 5, 6, ...Array.from({ length: 56 }, (_, i) => 9 + i)]);
    expect(takes(16, 128, 128)).toBe(false);
    expect(takes(16, 4096, 64)).toBe(false);
    expect(takes(16, 16, 4096)).toBe(false);
    const across = { address: 0, row: 288, column: 1 };
    expect(fewRows.takes({ ...contiguous(16, 288, 288), b: across })).toBe(false);
  });

  it("keep their old ways with a library without direct kernels, with more threads, below a given minimum", () => {
    const product = contiguous(16, 288, 288);
    expect(fewRows.takes(product)).toBe(true);
    expect(createFewRows(arena, library(false), copy).takes(product)).toBe(false);
    const two = { launcher: arena.launcher, linear: arena.linear, threads: 2 };
    expect(createFewRows(two, library(true), copy).takes(product)).toBe(false);
    expect(createFewRows(arena, library(true), copy, 1e9).takes(product)).toBe(false);
  });
});

/** Why OpenBLAS's direct kernels cannot be tested here, or undefined where they can. */
function whyNotDirect(): string | undefined {
  if (missingBlas) return missingBlas;
  const name = environmentVariable("DEEPGRAIN_BLAS");
  const found = openBlas(loadKoffi(), { library: name, platform: platformName() });
  return found.hasDirectKernels
    ? undefined
    : "the library has no direct kernels for this processor";
}

const missing = whyNotDirect();
const suffix = missing ? ` (SKIPPED: ${missing})` : "";

describe.skipIf(missing)(`products of few rows by OpenBLAS${suffix}`, () => {
  let backend: Backend;
  beforeAll(() => {
    backend = setBackend(createBlasBackend({ threads: 1 }));
  });
  afterAll(() => backend.dispose());
  const put = (data: Float32Array, shape: number[]) => tensor(data, { shape });
  const arrayOf = (x: Tensor) => x.dataSync() as Float32Array;

  it.each([4, 6, 8, 9, 15, 16, 17, 23, 24, 33, 64])("are right for %i rows", (m) => {
    for (const [n, k] of [
      [288, 768],
      [865, 288],
      [45, 3000],
      [1000, 131],
    ] as const) {
      const [x, w, start] = [noise(m * k, 1), noise(n * k, 2), noise(m * n, 3)];
      const [a, weight, out] = [put(x, [m, k]), put(w, [n, k]), put(start, [m, n])];
      inference.linearInto(out, a, weight, { accumulate: true });
      expect(arrayOf(out)).toBeAllclose(sums(x, w, m, k, start), NEAR);
      inference.linearInto(out, a, weight);
      expect(arrayOf(out)).toBeAllclose(sums(x, w, m, k), NEAR);
      for (const each of [a, weight, out]) each.dispose();
    }
  });

  it("are right for groups of rows", () => {
    const [n, k, rows] = [257, 288, 36];
    const [x, w] = [noise(rows * k, 1), noise(2 * n * k, 2)];
    const out = groupedLinear(
      put(x, [rows, k]),
      put(w, [2, n, k]),
      tensor(Int32Array.of(0, 16, rows)),
    );
    const wanted = [0, 1].flatMap((group) => {
      const part = group === 0 ? x.subarray(0, 16 * k) : x.subarray(16 * k);
      return [...sums(part, w.subarray(group * n * k, (group + 1) * n * k), part.length / k, k)];
    });
    expect(arrayOf(out)).toBeAllclose(Float32Array.from(wanted), NEAR);
  });

  it("are right for three weights of one x, and the same bits when replayed", () => {
    const [m, k] = [15, 320];
    const [first, second] = [noise(m * k, 1), noise(m * k, 2)];
    const data = [320, 120, 131].map((n, i) => noise(n * k, 3 + i));
    const x = put(first, [m, k]);
    const targets = data.map((w) => {
      const n = w.length / k;
      return { out: zeros([m, n]), weight: put(w, [n, k]), bias: null };
    });
    const outs = () => targets.map(({ out }) => Float32Array.from(arrayOf(out)));
    const isRight = (rows: Float32Array) => {
      for (const [i, out] of outs().entries())
        expect(out).toBeAllclose(sums(rows, data[i]!, m, k), NEAR);
    };
    const launches = inference.recordLaunches(x, () => inference.linearsInto(targets, x))!;
    isRight(first);
    const recorded = outs();
    x.set(second);
    launches.replay();
    isRight(second);
    x.set(first);
    launches.replay();
    expect(outs()).toEqual(recorded);
    launches.dispose();
    inference.linearsInto(targets, x);
    expect(outs()).toEqual(recorded);
  });
});
