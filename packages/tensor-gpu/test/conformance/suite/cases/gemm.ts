import type { GemmShape } from "../../../../src/backend/kernels";
import type { Agreement } from "../agreement";
import { pairs } from "../numbers";
import type { Scene } from "../scene";
import { SUM } from "../tolerances";

type Transposes = "nn" | "nt" | "tn" | "tt";
const TRANSPOSES: Transposes[] = ["nn", "nt", "tn", "tt"];
const EDGES = [1, 2, 3, 4, 5, 8, 9, 17, 33];

interface Product {
  mnk: [number, number, number];
  transposes: Transposes;
  batch?: [number, number];
  /** Foreign elements after each stored row of a, b and c. */
  gap?: number;
  accumulate?: boolean;
}

export function gemmCases({ agrees }: Agreement): void {
  const sizes = pairs(pairs(EDGES, EDGES), [1, 9, 33]);
  for (const transposes of TRANSPOSES)
    agrees(`gemm ${transposes} is right around tile edges`, SUM, sizes, (s, [[m, n], k]) =>
      multiply(s, { mnk: [m, n, k], transposes }),
    );
  const shapes = pairs(SHAPES, TRANSPOSES);
  agrees("gemm is right for long, wide and deep shapes", SUM, shapes, (s, [mnk, transposes]) =>
    multiply(s, { mnk, transposes }),
  );
  agrees("gemm accumulates", SUM, shapes, (s, [mnk, transposes]) =>
    multiply(s, { mnk, transposes, accumulate: true }),
  );
  agrees("gemm takes any row strides", SUM, pairs(shapes, [1, 4]), (s, [[mnk, transposes], gap]) =>
    multiply(s, { mnk, transposes, gap, accumulate: gap === 4 }),
  );
  const batches = pairs(
    [
      [1, 3],
      [3, 1],
      [2, 4],
      [0, 2],
    ] as [number, number][],
    TRANSPOSES,
  );
  agrees("gemm walks two batch axes", SUM, batches, (s, [batch, transposes]) => {
    multiply(s, { mnk: [9, 17, 5], transposes, batch });
    multiply(s, { mnk: [1, 6, 33], transposes, batch, accumulate: true, gap: 3 });
  });
  agrees(
    "gemm without terms gives zeros, or leaves what is there",
    SUM,
    [false, true],
    (s, accumulate) => {
      multiply(s, { mnk: [5, 7, 0], transposes: "nn", accumulate });
      multiply(s, { mnk: [0, 7, 3], transposes: "nn", accumulate });
      multiply(s, { mnk: [5, 0, 3], transposes: "nt", accumulate });
    },
  );
  agrees("gemm lets a batch share one matrix", SUM, ["a", "b"] as const, (s, shared) => {
    const [m, n, k] = [9, 17, 12];
    const strides = { aBatch0: 0, aBatch1: m * k, bBatch0: n * k, bBatch1: 0 };
    if (shared === "b") Object.assign(strides, { aBatch0: 2 * m * k, bBatch0: 0, bBatch1: 0 });
    const shape = { ...plainGemm(m, n, k), batch0: 3, batch1: 2, ...strides };
    const a = s.input([6, m, k]);
    s.kernels.gemm(s.output([3, 2, m, n]), a, s.input([3, n, k]), {
      ...shape,
      cBatch0: 2 * m * n,
      cBatch1: m * n,
    });
  });
  agrees(
    "gemm reads heads out of the middle of rows",
    SUM,
    [
      [7, 4, 3],
      [33, 32, 2],
    ],
    (s, p) => {
      const [seq, d, heads] = p as [number, number, number];
      const row = 3 * heads * d; // q, k and v of all heads side by side
      const qkv = s.input([2, seq, row]);
      const k = { ...qkv, offset: qkv.offset + heads * d };
      const strides = { aRow: row, aBatch0: seq * row, aBatch1: d, bRow: 1, bCol: row };
      s.kernels.gemm(s.output([2, heads, seq, seq]), qkv, k, {
        ...plainGemm(seq, seq, d),
        ...strides,
        batch0: 2,
        batch1: heads,
        bBatch0: seq * row,
        bBatch1: d,
        cBatch0: heads * seq * seq,
        cBatch1: seq * seq,
      });
    },
  );
  agrees("gemm reads a matrix with both strides wide", SUM, TRANSPOSES, (s, transposes) => {
    const [m, n, k] = [10, 13, 21];
    const shape = plainGemm(m, n, k);
    const wide = { aRow: 2 * k, aCol: 2, bRow: 3 * n, bCol: 3 };
    if (transposes[0] === "t") Object.assign(wide, { aRow: 2, aCol: 2 * m });
    if (transposes[1] === "t") Object.assign(wide, { bRow: 3, bCol: 3 * k });
    s.kernels.gemm(s.output([m, n]), s.input([2 * m * k]), s.input([3 * n * k]), {
      ...shape,
      ...wide,
    });
  });
  agrees(
    "gemm lets NaN and infinities through",
    SUM,
    [Number.NaN, Number.POSITIVE_INFINITY],
    (s, special) => {
      for (const n of [1, 9, 33]) {
        const values = Array.from({ length: 9 * n }, (_, i) => (i === 4 * n ? special : 1));
        const b = s.input([9, n], { values });
        s.kernels.gemm(s.output([6, n]), s.input([6, 9], { values: ZEROS }), b, plainGemm(6, n, 9));
      }
    },
  );
}

const SHAPES: [number, number, number][] = [
  [1, 130, 65],
  [2, 64, 300],
  [3, 33, 33],
  [130, 1, 70],
  [64, 3, 65],
  [65, 66, 67],
  [97, 40, 260],
  [20, 1030, 9],
  [100, 8, 513],
  [128, 160, 128],
];
const ZEROS = new Array<number>(54).fill(0);

/** Plain row-major a [m, k], b [k, n], c [m, n]. */
export const plainGemm = (m: number, n: number, k: number): GemmShape => ({
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
  cRow: n,
  cBatch0: 0,
  cBatch1: 0,
  accumulate: false,
});

function multiply(
  s: Scene,
  { mnk, transposes, batch = [1, 1], gap = 0, accumulate = false }: Product,
) {
  const [m, n, k] = mnk;
  const [batch0, batch1] = batch;
  const isTransposed = { a: transposes[0] === "t", b: transposes[1] === "t" };
  const rowOf = {
    a: (isTransposed.a ? m : k) + gap,
    b: (isTransposed.b ? k : n) + gap,
    c: n + gap,
  };
  const sizeOf = {
    a: (isTransposed.a ? k : m) * rowOf.a,
    b: (isTransposed.b ? n : k) * rowOf.b,
    c: m * rowOf.c,
  };
  const bounds = { low: -1, high: 1 };
  const a = s.input([batch0 * batch1 * sizeOf.a], bounds);
  const b = s.input([batch0 * batch1 * sizeOf.b], bounds);
  // The foreign elements behind c's rows keep what they hold, which is compared as well.
  const c = (accumulate || gap > 0 ? s.inout : s.output)([batch0, batch1, m, rowOf.c]);
  s.kernels.gemm(c, a, b, {
    m,
    n,
    k,
    batch0,
    batch1,
    accumulate,
    aRow: isTransposed.a ? 1 : rowOf.a,
    aCol: isTransposed.a ? rowOf.a : 1,
    aBatch0: batch1 * sizeOf.a,
    aBatch1: sizeOf.a,
    bRow: isTransposed.b ? 1 : rowOf.b,
    bCol: isTransposed.b ? rowOf.b : 1,
    bBatch0: batch1 * sizeOf.b,
    bBatch1: sizeOf.b,
    cRow: rowOf.c,
    cBatch0: batch1 * sizeOf.c,
    cBatch1: sizeOf.c,
  });
}
