import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { GemmShape } from "../../src/backend/kernels";
import { gemmKernels, linearShortcut } from "../../src/wasm/kernels/gemm";
import { createArena, noise } from "./arena";

const arenas = [1, 2].map((threads) => createArena({ threads }));
afterAll(() => Promise.all(arenas.map((arena) => arena.dispose())));

interface Case {
  m: number;
  n: number;
  k: number;
  batch0: number;
  batch1: number;
  aTransposed: boolean;
  bTransposed: boolean;
  padding: number;
  accumulate: boolean;
}

function layout({ m, n, k, batch0, batch1, ...rest }: Case): GemmShape {
  const { padding, aTransposed, bTransposed, accumulate } = rest;
  const aLong = (aTransposed ? m : k) + padding;
  const bLong = (bTransposed ? k : n) + padding;
  const aSize = aLong * (aTransposed ? k : m);
  const bSize = bLong * (bTransposed ? n : k);
  const cRow = n + padding;
  return {
    m,
    n,
    k,
    batch0,
    batch1,
    aRow: aTransposed ? 1 : aLong,
    aCol: aTransposed ? aLong : 1,
    aBatch0: aSize * batch1,
    aBatch1: aSize,
    bRow: bTransposed ? 1 : bLong,
    bCol: bTransposed ? bLong : 1,
    bBatch0: bSize * batch1,
    bBatch1: bSize,
    cRow,
    cBatch0: cRow * m * batch1,
    cBatch1: cRow * m,
    accumulate,
  };
}

function reference(c: Float32Array, a: Float32Array, b: Float32Array, s: GemmShape) {
  const out = Float32Array.from(c);
  for (let x = 0; x < s.batch0; x++) {
    for (let y = 0; y < s.batch1; y++) {
      for (let i = 0; i < s.m; i++) {
        for (let j = 0; j < s.n; j++) {
          const at = x * s.cBatch0 + y * s.cBatch1 + i * s.cRow + j;
          let sum = s.accumulate ? c[at]! : 0;
          for (let p = 0; p < s.k; p++) {
            const u = a[x * s.aBatch0 + y * s.aBatch1 + i * s.aRow + p * s.aCol]!;
            sum += u * b[x * s.bBatch0 + y * s.bBatch1 + p * s.bRow + j * s.bCol]!;
          }
          out[at] = sum;
        }
      }
    }
  }
  return out;
}

/** The product on both arenas; checks that they agree bit for bit and that nothing beside C was touched. */
function check(testCase: Case) {
  const shape = layout(testCase);
  const { k, batch0, batch1 } = testCase;
  const batches = batch0 * batch1;
  const a = noise(shape.aBatch1 * batches, 1);
  const b = noise(shape.bBatch1 * batches, 2);
  const c = noise(shape.cBatch1 * batches, 3);
  const [one, two] = arenas.map((arena) => {
    arena.reset();
    const out = arena.put(c);
    gemmKernels(arena.launcher).gemm(out, arena.put(a), arena.put(b), shape);
    return arena.read(out);
  });
  expect(two!.findIndex((value, i) => !Object.is(value, one![i]))).toBe(-1);
  expect(one).toBeAllclose(reference(c, a, b, shape), {
    rtol: 2e-6,
    atol: 1e-6 * Math.sqrt(k + 1) * 3,
  });
}

const plain = { batch0: 1, batch1: 1, padding: 0, accumulate: false };
const transposes = [
  { aTransposed: false, bTransposed: false },
  { aTransposed: false, bTransposed: true },
  { aTransposed: true, bTransposed: false },
  { aTransposed: true, bTransposed: true },
];

describe("gemm on wasm", () => {
  it("agrees with plain loops for every small size in all transpose cases", () => {
    for (const transpose of transposes) {
      for (const m of [1, 2, 3, 4, 5, 7, 8, 9, 16, 17]) {
        for (const n of [1, 2, 3, 4, 7, 8, 9, 16, 19]) {
          for (const k of [0, 1, 3, 4, 9]) check({ ...plain, ...transpose, m, n, k });
        }
      }
    }
  });

  it("agrees for any shape, stride and batch", () => {
    const size = fc.integer({ min: 0, max: 40 });
    const arbitrary = fc.record({
      m: size,
      n: size,
      k: fc.integer({ min: 0, max: 60 }),
      batch0: fc.integer({ min: 1, max: 3 }),
      batch1: fc.integer({ min: 1, max: 3 }),
      aTransposed: fc.boolean(),
      bTransposed: fc.boolean(),
      padding: fc.integer({ min: 0, max: 5 }),
      accumulate: fc.boolean(),
    });
    fc.assert(fc.property(arbitrary, check), { numRuns: 150 });
  });

  it("gives the same bits on one thread and two where large products are cut", () => {
    for (const transpose of transposes) {
      check({ ...plain, ...transpose, m: 130, n: 71, k: 300, accumulate: true });
      check({ ...plain, ...transpose, m: 3, n: 2001, k: 259 });
      check({ ...plain, ...transpose, m: 1003, n: 5, k: 270, padding: 3 });
      check({ ...plain, ...transpose, m: 20, n: 1100, k: 90, batch1: 2 });
      check({ ...plain, ...transpose, m: 9, n: 900, k: 517, accumulate: true });
      check({ ...plain, ...transpose, m: 127, n: 515, k: 530 });
      check({ ...plain, ...transpose, m: 61, n: 67, k: 1100, padding: 1, accumulate: true });
      // Around the number of rows from which B is packed.
      for (const m of [599, 601]) check({ ...plain, ...transpose, m, n: 37, k: 300 });
      for (const m of [199, 201]) check({ ...plain, ...transpose, m, n: 512, k: 300 });
    }
  });

  it("reads rows of B that run backwards, repeat or overlap", () => {
    const [m, n, k] = [48, 21, 40];
    const a = noise(m * k, 1);
    const b = noise(n * k, 2);
    for (const bRow of [-n, 0, 8]) {
      const first = bRow < 0 ? (k - 1) * n : 0;
      const shape = { ...layout({ ...plain, ...transposes[0]!, m, n, k }), bRow };
      const results = arenas.map((arena) => {
        arena.reset();
        const out = arena.put(new Float32Array(m * n));
        const whole = arena.put(b);
        const from = { ...whole, offset: whole.offset + first };
        gemmKernels(arena.launcher).gemm(out, arena.put(a), from, shape);
        return arena.read(out);
      });
      const rows = Float32Array.from({ length: k * n }, (_, i) => {
        return b[first + Math.floor(i / n) * bRow + (i % n)]!;
      });
      const expected = reference(new Float32Array(m * n), a, rows, { ...shape, bRow: n });
      for (const result of results)
        expect(result).toBeAllclose(expected, { rtol: 2e-6, atol: 2e-5 });
    }
  });

  it("starts the rows of a linear layer from its bias, with the same bits on one thread and two", () => {
    for (const [m, n, k] of [
      [26, 17, 9],
      [133, 71, 300],
    ] as const) {
      const [x, weight, bias] = [noise(m * k, 1), noise(n * k, 2), noise(n, 3)];
      const [one, two] = arenas.map((arena) => {
        arena.reset();
        const out = arena.put(new Float32Array(m * n), [m, n]);
        const operands = [
          arena.put(x, [m, k]),
          arena.put(weight, [n, k]),
          arena.put(bias),
        ] as const;
        expect(linearShortcut(arena.launcher).linear(out, ...operands)).toBe(true);
        return arena.read(out);
      });
      const start = Float32Array.from({ length: m * n }, (_, i) => bias[i % n]!);
      const sizes = { ...plain, m, n, k, aTransposed: false, bTransposed: true, accumulate: true };
      expect(two).toEqual(one);
      expect(one).toBeAllclose(reference(start, x, weight, layout(sizes)), {
        rtol: 2e-6,
        atol: 1e-6 * Math.sqrt(k + 1) * 3,
      });
    }
  });
});
