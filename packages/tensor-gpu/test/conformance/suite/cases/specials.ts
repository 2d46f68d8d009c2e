/** @file NaN and infinities in every kernel with numbers to read: they come out where IEEE 754 has them come out. */
import type { UnaryOp } from "../../../../src/backend/kernels";
import type { View } from "../../../../src/backend/view";
import type { Agreement } from "../agreement";
import { pairs } from "../numbers";
import { holdsNaN } from "../scene";
import { EXACT, SUM } from "../tolerances";
import { MIXED, PLANT_NAMES, planted } from "./planted";
import { UNARY_OPS } from "./unary";

const LENGTHS = [1, 3, 4, 5, 16, 33, 130];
const ROWS = [
  [1, 1],
  [3, 5],
  [4, 16],
  [9, 33],
  [2, 130],
] as [number, number][];

export function specialCases(agreement: Agreement): void {
  elementwiseCases(agreement);
  reductionCases(agreement);
  productCases(agreement);
  rowCases(agreement);
}

function elementwiseCases({ agrees }: Agreement): void {
  const gradients = pairs(UNARY_OPS, ["dy", "x"] as const);
  agrees("unaryGrad passes NaN and infinities on", SUM, gradients, (s, [op, which]) => {
    const plain = POSITIVE.has(op) ? { low: 0.1, high: 2 } : {};
    const values = Array.from({ length: 37 }, (_, i) => MIXED[i % 5] ?? 0.5);
    const x = which === "x" ? s.input([37], { values }) : s.input([37], plain);
    const dy = which === "dy" ? s.input([37], { values }) : s.input([37]);
    const y = s.output([37]);
    s.kernels.unary(op, y, x, 2);
    s.kernels.unaryGrad(op, s.output([37]), dy, x, y, 2);
  });
  const lengths = pairs(PLANT_NAMES, LENGTHS);
  agrees("addScaled passes NaN and infinities on", SUM, lengths, (s, [plant, n]) => {
    s.kernels.addScaled(s.inout([n]), planted(s, [n], plant, { rate: 0.3 }), -0.5);
    s.kernels.addScaled(s.inout([n]), planted(s, [n], plant, { rate: 0.3 }), 0);
  });
  agrees("dropout drops NaN and infinities like numbers", SUM, lengths, (s, [plant, n]) => {
    for (const p of [0, 0.5, 1])
      s.kernels.dropout(s.output([n]), planted(s, [n], plant, { rate: 0.3 }), p, 5, 2);
  });
  agrees("swiglu passes NaN and infinities on", SUM, pairs(PLANT_NAMES, ROWS), (s, [plant, p]) => {
    for (const which of ["gate", "up", "dy"]) {
      const operand = (name: string) =>
        name === which ? planted(s, p, plant, { rate: 0.2 }) : s.input(p);
      const [gate, up, dy] = [operand("gate"), operand("up"), operand("dy")];
      s.kernels.swiglu(s.output(p), gate, up);
      s.kernels.swigluGrad(s.output(p), s.output(p), dy, gate, up);
    }
  });
}

function reductionCases({ agrees }: Agreement): void {
  const shapes = [
    [3, 37, 1],
    [1, 37, 5],
    [2, 9, 17],
    [1, 20_000, 1],
    [1, 3000, 3],
  ] as [number, number, number][];
  const ops = ["sum", "mean", "max", "min", "prod", "sumSquares"] as const;
  const all = pairs(pairs(ops, PLANT_NAMES), shapes);
  agrees("reduce passes NaN and infinities on, on every axis", LONG, all, (s, [[op, plant], p]) => {
    const [outer, n, inner] = p;
    const x = planted(s, p, plant, { rate: 1 / n, ...(op === "prod" ? { low: 1, high: 1 } : {}) });
    s.kernels.reduce(op, s.output([outer, inner]), x, outer, n, inner);
  });
  const planes = pairs(pairs(["max", "min"] as const, PLANT_NAMES), shapes);
  agrees(
    "argReduce finds the first NaN, else the extreme",
    EXACT,
    planes,
    (s, [[op, plant], p]) => {
      const [outer, n, inner] = p;
      const x = planted(s, p, plant, { rate: 1 / n });
      const out = s.output([outer, inner], { dtype: "int32" });
      report(x, s.kernels.argReduce(op, out, x, outer, n, inner));
      const places = s.output([outer, inner], { dtype: "int32" });
      const plain = s.input(p);
      report(plain, s.kernels.argReduce(op, places, plain, outer, n, inner));
    },
  );
  agrees(
    "cumsum passes NaN and infinities on",
    LONG,
    pairs(PLANT_NAMES, shapes),
    (s, [plant, p]) => {
      const [outer, n, inner] = p;
      for (const reverse of [false, true])
        s.kernels.cumsum(
          s.output(p),
          planted(s, p, plant, { rate: 1 / n }),
          outer,
          n,
          inner,
          reverse,
        );
    },
  );
  agrees(
    "sort orders rows with NaN and infinities",
    EXACT,
    pairs(PLANT_NAMES, ROWS),
    (s, [plant, p]) => {
      const [rows, n] = p;
      for (const descending of [false, true])
        for (const k of [n, Math.ceil(n / 3)]) {
          const [values, indices] = [s.output([rows, k]), s.output([rows, k], { dtype: "int32" })];
          const x = planted(s, p, plant, { rate: 0.3 });
          report(x, s.kernels.sort(values, indices, x, rows, n, k, descending));
        }
    },
  );
}

/** An answer whether there is a NaN must be right, where a backend can give one at once. */
function report(x: View, hasNaN: boolean | undefined): void {
  if (hasNaN !== undefined && hasNaN !== holdsNaN(x))
    throw new Error(`said ${hasNaN} of whether there is a NaN`);
}

/** Sums over thousands of numbers. */
const LONG = { rtol: 2e-5, atol: 1e-3 };

const PRODUCTS = [
  [1, 1, 1],
  [1, 33, 20],
  [3, 9, 17],
  [7, 17, 9],
  [33, 5, 130],
  [70, 66, 40],
] as [number, number, number][];

function productCases({ agrees }: Agreement): void {
  const products = pairs(pairs(PRODUCTS, PLANT_NAMES), ["nn", "nt", "tn", "tt"] as const);
  agrees("gemm passes NaN and infinities on, from a, b and c", SUM, products, (s, p) => {
    const [[[m, n, k], plant], transposes] = p;
    const [isA, isB] = [transposes[0] === "t", transposes[1] === "t"];
    const strides = { aRow: isA ? 1 : k, aCol: isA ? m : 1, bRow: isB ? 1 : n, bCol: isB ? k : 1 };
    const batch = { batch0: 1, aBatch0: 0, bBatch0: 0, cBatch0: 0 };
    const inner = { batch1: 1, aBatch1: 0, bBatch1: 0, cBatch1: 0 };
    const few = { rate: 2 / (m * k), low: -1, high: 1 };
    const even = { low: -1, high: 1 };
    for (const which of ["a", "b"]) {
      const a = which === "a" ? planted(s, [m * k], plant, few) : s.input([m * k], even);
      const rate = { ...few, rate: 2 / (n * k) };
      const b = which === "b" ? planted(s, [n * k], plant, rate) : s.input([n * k], even);
      for (const accumulate of [false, true]) {
        const c = accumulate ? s.inout([m, n]) : s.output([m, n], { values: poison(m * n) });
        s.kernels.gemm(c, a, b, {
          m,
          n,
          k,
          ...strides,
          cRow: n,
          ...batch,
          ...inner,
          accumulate,
        });
      }
    }
  });
  agrees("gemm overwrites NaN where it does not accumulate", SUM, PRODUCTS, (s, [m, n, k]) => {
    const c = s.output([m, n], { values: poison(m * n) });
    const strides = { aRow: k, aCol: 1, bRow: n, bCol: 1, cRow: n };
    const batch = { batch0: 1, aBatch0: 0, bBatch0: 0, cBatch0: 0 };
    const inner = { batch1: 1, aBatch1: 0, bBatch1: 0, cBatch1: 0 };
    const shape = { m, n, k, ...strides, ...batch, ...inner, accumulate: false };
    s.kernels.gemm(c, s.input([m, k]), s.input([k, n]), shape);
    s.kernels.gemm(c, s.input([m, 0]), s.input([0, n]), { ...shape, k: 0 });
  });
  const groups = [0, 7, 1, 33, 12];
  const offsets = [0, 0, 7, 8, 41, 53];
  const rows = 53;
  agrees(
    "grouped products pass NaN and infinities on",
    SUM,
    pairs(PLANT_NAMES, [5, 33]),
    (s, p) => {
      const [plant, n] = p;
      const k = 20;
      const starts = s.input([6], { dtype: "int32", values: offsets });
      for (const which of ["rows", "weights"]) {
        const pick = (name: string, shape: number[]) =>
          name === which ? planted(s, shape, plant, { rate: 0.003 }) : s.input(shape);
        const weights = pick("weights", [groups.length, n, k]);
        s.kernels.groupedGemm("nt", s.output([rows, n]), pick("rows", [rows, k]), weights, starts);
        s.kernels.groupedGemm("nn", s.output([rows, k]), pick("rows", [rows, n]), weights, starts);
        const [a, b] = [pick("rows", [rows, n]), pick("weights", [rows, k])];
        s.kernels.groupedGemmWeight(s.output([groups.length, n, k]), a, b, starts, null);
      }
    },
  );
}

const poison = (n: number) => new Array<number>(n).fill(Number.NaN);

function rowCases({ agrees }: Agreement): void {
  const all = pairs(PLANT_NAMES, ROWS);
  agrees("softmax and its kin pass NaN and infinities on", SUM, all, (s, [plant, p]) => {
    const [rows, n] = p;
    for (const rate of [1 / n, 0.5]) {
      const x = planted(s, p, plant, { rate });
      s.kernels.softmax(s.output(p), x, rows, n);
      s.kernels.logSoftmax(s.output(p), x, rows, n);
      s.kernels.logSumExp(s.output([rows]), x, rows, n);
    }
    const [y, logs] = [s.output(p), s.output(p)];
    s.kernels.softmax(y, s.input(p), rows, n);
    s.kernels.logSoftmax(logs, s.input(p), rows, n);
    s.kernels.softmaxGrad(s.output(p), planted(s, p, plant, { rate: 0.5 / n }), y, rows, n);
    s.kernels.logSoftmaxGrad(s.output(p), planted(s, p, plant, { rate: 0.5 / n }), logs, rows, n);
  });
  agrees("crossEntropy passes NaN and infinities on", SUM, pairs(all, [0, 0.1]), (s, q) => {
    const [[plant, p], smoothing] = q;
    const [rows, n] = p;
    const targets = Array.from({ length: rows }, (_, row) => (row % 3 === 1 ? -100 : row % n));
    const isOpen = (row: number) => row % 3 === 1;
    const target = s.input([rows], { dtype: "int32", values: targets });
    const logits = planted(s, p, plant, { rate: 0.5 / n });
    const [losses, lse] = [s.output([rows]), s.output([rows], { isOpen })];
    s.kernels.crossEntropy(losses, lse, logits, target, -100, smoothing);
    const scale = planted(s, [rows], plant, { rate: 0.3 });
    s.kernels.crossEntropyGrad(s.output(p), logits, lse, target, s.input([rows]), -100, smoothing);
    s.kernels.crossEntropyGrad(s.output(p), logits, lse, target, scale, -100, smoothing);
  });
  const norms = pairs(all, ["x", "weight", "dy"] as const);
  agrees("norms pass NaN and infinities on", SUM, norms, (s, [[plant, p], which]) => {
    const [rows, n] = p;
    const pick = (name: string, shape: number[]) =>
      name === which ? planted(s, shape, plant, { rate: 0.3 / n }) : s.input(shape);
    const [x, weight, dy] = [pick("x", p), pick("weight", [n]), pick("dy", p)];
    const [pairs2, stats] = [s.output([rows, 2]), s.output([rows])];
    s.kernels.layerNorm(s.output(p), pairs2, x, weight, s.input([n]), 1e-2);
    s.kernels.layerNormGrad(s.output(p), dy, x, weight, pairs2);
    s.kernels.layerNormParamGrad(s.output([n]), s.output([n]), dy, x, pairs2);
    s.kernels.rmsNorm(s.output(p), stats, x, weight, 1e-2);
    s.kernels.rmsNormGrad(s.output(p), dy, x, weight, stats);
    s.kernels.rmsNormParamGrad(s.output([n]), dy, x, stats);
  });
}

/** Functions that are not defined below 0. */
const POSITIVE = new Set<UnaryOp>(["log", "log1p", "sqrt", "rsqrt", "reciprocal", "powScalar"]);
