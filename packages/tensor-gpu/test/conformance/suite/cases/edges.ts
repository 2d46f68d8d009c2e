/** @file Sizes around every edge, drawn from a fixed seed: tiles, vectors, and the work a thread is given. */
import fc from "fast-check";
import type { View } from "../../../../src/backend/view";
import type { Agreement } from "../agreement";
import { around, drawn } from "../drawn";
import { offsetsOf } from "../numbers";
import type { Scene } from "../scene";
import { plainGemm } from "./gemm";
import { windowEdgeCases } from "./window-edges";

/** Sums over thousands of rows. */
const LONG = { rtol: 1e-4, atol: 3e-3 };
/** Sums of up to a thousand products. */
const PRODUCT = { rtol: 1e-4, atol: 1e-4 };

const SMALL = [0, ...around(1, 4, 6, 8, 12, 16, 32, 48)];
/** Rows and columns of tiles (6, 8, 16), rows of a block of A, depth of a block, columns of a packed B. */
const LARGE = { m: around(16, 48, 96, 192), n: around(64, 256, 1024), k: around(256, 512) };

const gemmOf = (sizes: { m: number[]; n: number[]; k: number[] }) =>
  fc.record({
    m: fc.constantFrom(...sizes.m),
    n: fc.constantFrom(...sizes.n),
    k: fc.constantFrom(...sizes.k),
    aTransposed: fc.boolean(),
    bTransposed: fc.boolean(),
    accumulate: fc.boolean(),
  });
type GemmCase = typeof gemmOf extends (...sizes: never[]) => fc.Arbitrary<infer T> ? T : never;

function multiply(s: Scene, { m, n, k, aTransposed, bTransposed, accumulate }: GemmCase): void {
  const c = (accumulate ? s.inout : s.output)([m, n]);
  const [a, b] = [s.input([m * k], { low: -1, high: 1 }), s.input([k * n], { low: -1, high: 1 })];
  s.kernels.gemm(c, a, b, {
    ...plainGemm(m, n, k),
    ...(aTransposed && { aRow: 1, aCol: m }),
    ...(bTransposed && { bRow: 1, bCol: k }),
    accumulate,
  });
}

const groupsOf = (counts: number[], sizes: number[]) =>
  fc.record({
    counts: fc.array(fc.constantFrom(...counts), { minLength: 1, maxLength: 6 }),
    n: fc.constantFrom(...sizes),
    k: fc.constantFrom(...sizes),
  });
type GroupCase = typeof groupsOf extends (...sizes: never[]) => fc.Arbitrary<infer T> ? T : never;

function multiplyGroups(s: Scene, { counts, n, k }: GroupCase): void {
  const starts = offsetsOf(counts);
  const rows = starts.at(-1)!;
  const offsets = s.input([starts.length], { dtype: "int32", values: starts });
  const unit = { low: -1, high: 1 };
  const [x, dy] = [s.input([rows, k], unit), s.input([rows, n], unit)];
  const weights = s.input([counts.length, n, k], unit);
  s.kernels.groupedGemm("nt", s.output([rows, n]), x, weights, offsets);
  s.kernels.groupedGemm("nn", s.output([rows, k]), dy, weights, offsets);
  s.kernels.groupedGemmWeight(s.output([counts.length, n, k]), dy, x, offsets, null);
}

/** Products at the edges of tiles, and every kernel on nothing, on one element, and around a vector. */
export function edgeCases(agreement: Agreement): void {
  const { agrees } = agreement;
  const small = { m: SMALL, n: SMALL, k: SMALL };
  agrees("gemm is right at any edge of tiles", PRODUCT, drawn(gemmOf(small), 60), multiply);
  const groups = drawn(groupsOf(around(1, 4, 6, 16), [1, ...around(4, 8, 16)]), 25);
  agrees("grouped products are right at any edge of tiles", PRODUCT, groups, multiplyGroups);
  const lengths = [0, 1, ...around(4, 8, 16)];
  const matrices = fc.tuple(fc.constantFrom(...lengths), fc.constantFrom(1, ...lengths.slice(2)));
  const shapes = [[0, 1], [1, 1], [0, 5], [1, 4], ...drawn(matrices, 25)] as [number, number][];
  agrees("every kernel on rows takes any size, none too", LONG, shapes, everyRowKernel);
  agrees("every kernel that moves rows takes any size, none too", LONG, shapes, everyMove);
  windowEdgeCases(agreement);
}

/** Blocks of products, and rows around the work that one thread is given. For fast backends. */
export function largeEdgeCases({ agrees }: Agreement): void {
  agrees("gemm is right at any edge of blocks", PRODUCT, drawn(gemmOf(LARGE), 14), multiply);
  const mixed = {
    m: [1, 2, 3, 4, 5, 6, 7, ...LARGE.m],
    n: [...SMALL, ...LARGE.n],
    k: [1, ...LARGE.k],
  };
  agrees("gemm is right where some sizes are small", PRODUCT, drawn(gemmOf(mixed), 30), multiply);
  const groups = drawn(groupsOf([0, ...around(6, 16, 96)], around(64, 256)), 10);
  agrees("grouped products are right at any edge of blocks", PRODUCT, groups, multiplyGroups);
  const shapes = fc
    .tuple(
      fc.constantFrom(...around(4, 16, 64, 256), 1, 2000),
      fc.constantFrom(1, 4, 16),
      fc.constantFrom(-1, 0, 1),
    )
    .map(([n, work, more]): [number, number] => [Math.ceil(32_768 / work / n) + more, n]);
  const grains = drawn(shapes, 16).filter(([rows]) => rows >= 0);
  agrees("every kernel on rows is whole around a thread's share", LONG, grains, everyRowKernel);
  agrees("every kernel that moves rows is whole around it", LONG, grains, everyMove);
}

function everyRowKernel(s: Scene, [rows, n]: [number, number]): void {
  const { kernels } = s;
  const shape = [rows, n];
  const out = () => s.output(shape);
  const [x, dy, z] = [s.input(shape), s.input(shape), s.input(shape)];
  elementKernels(s, shape, x, dy, z);
  const [y, logs] = [out(), out()];
  kernels.softmax(y, x, rows, n);
  kernels.softmaxGrad(out(), dy, y, rows, n);
  kernels.logSoftmax(logs, x, rows, n);
  kernels.logSoftmaxGrad(out(), dy, logs, rows, n);
  kernels.logSumExp(s.output([rows]), x, rows, n);
  const [weight, bias] = [s.input([n]), s.input([n])];
  const [moments, scales] = [s.output([rows, 2]), s.output([rows])];
  kernels.layerNorm(out(), moments, x, weight, bias, 0.1);
  kernels.layerNormGrad(out(), dy, x, weight, moments);
  kernels.layerNormParamGrad(s.output([n]), s.output([n]), dy, x, moments);
  kernels.rmsNorm(out(), scales, x, weight, 0.1);
  kernels.rmsNormGrad(out(), dy, x, weight, scales);
  kernels.rmsNormParamGrad(s.output([n]), dy, x, scales);
  const targets = s.input([rows], { dtype: "int32", low: 0, high: n });
  const [losses, lse] = [s.output([rows]), s.output([rows])];
  kernels.crossEntropy(losses, lse, x, targets, -100, 0.1);
  kernels.crossEntropyGrad(out(), x, lse, targets, s.input([rows]), -100, 0.1);
  for (const op of ["sum", "max"] as const) {
    kernels.reduce(op, s.output([rows]), x, rows, n, 1);
    if (rows > 0) kernels.reduce(op, s.output([n]), x, 1, rows, n);
  }
  kernels.argReduce("max", s.output([rows], { dtype: "int32" }), x, rows, n, 1);
  if (rows > 0) kernels.argReduce("min", s.output([n], { dtype: "int32" }), x, 1, rows, n);
  kernels.cumsum(out(), x, rows, n, 1, false);
  kernels.cumsum(out(), x, 1, rows, n, true);
  kernels.sort(out(), s.output(shape, { dtype: "int32" }), x, rows, n, n, true);
}

function elementKernels(s: Scene, shape: number[], x: View, dy: View, z: View): void {
  const { kernels } = s;
  const out = () => s.output(shape);
  const y = out();
  kernels.fill(out(), 2.5);
  const turned = [...shape].reverse();
  kernels.copy(s.output(turned), { ...x, shape: turned, strides: [1, shape[1]!] });
  kernels.unary("gelu", y, x, 0);
  kernels.unaryGrad("gelu", out(), dy, x, y, 0);
  kernels.arithmetic("sub", out(), x, z);
  kernels.compare("lt", s.output(shape, { dtype: "bool" }), x, z);
  kernels.where(out(), s.input(shape, { dtype: "bool" }), x, z);
  kernels.addScaled(s.inout(shape), x, 0.5);
  kernels.swiglu(out(), x, z);
  kernels.swigluGrad(out(), out(), dy, x, z);
  kernels.dropout(out(), x, 0.3, 7, 3);
  kernels.random("uniform", out(), 5, 9, 0, 1);
  const slot = { parameter: s.inout(shape), gradient: dy, weightDecay: 0.1, lrScale: 1 };
  const size = x.size;
  const rates = { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8 };
  const [m, v] = [s.inout([size]), s.inout([size], { low: 0.1, high: 1 })];
  kernels.adamw([slot], m, v, null, { ...rates, biasCorrection1: 0.2, biasCorrection2: 0.1 });
  const momentum = { lr: 0.1, momentum: 0.9, dampening: 0, nesterov: false, firstStep: false };
  kernels.sgd([{ ...slot, parameter: s.inout(shape) }], s.inout([size]), null, momentum);
  const norms = s.output([1]);
  kernels.squaredNorms(norms, [x]);
}

function everyMove(s: Scene, [rows, n]: [number, number]): void {
  const { kernels } = s;
  const shape = [rows, n];
  const index = s.input([rows], { dtype: "int32", low: 0, high: 9 });
  const [x, dy] = [s.input(shape), s.input(shape)];
  kernels.fill(s.output([1], { dtype: "int32" }), kernels.firstOutOfRange(index, 8));
  kernels.gatherRows(s.output(shape), s.input([9, n]), index);
  kernels.scatterAddRows(s.inout([9, n]), index, x);
  const places = s.input(shape, { dtype: "int32", low: 0, high: n });
  kernels.gather(s.output(shape), x, places, rows, n, n, 1);
  kernels.scatter(s.inout(shape), places, dy, rows, n, n, 1, true);
  const ends = [0, Math.floor(rows / 3), Math.floor(rows / 3), rows];
  const offsets = s.input([4], { dtype: "int32", values: ends });
  for (const op of ["mean", "max"] as const)
    kernels.segmentReduce(op, s.output([3, n]), x, offsets, null, s.input([rows]));
  kernels.segmentArgMax(s.output([3, n], { dtype: "int32" }), x, offsets, null);
  kernels.segmentDot(s.output([rows]), s.input([3, n]), x, offsets, null);
  const shares = s.output(shape);
  kernels.segmentSoftmax(shares, x, offsets);
  kernels.segmentSoftmaxGrad(s.output(shape), dy, shares, offsets);
  const ids = s.input([rows, 2], { dtype: "int32", low: -1, high: 5 });
  const order = s.output([rows * 2], { dtype: "int32" });
  const inverse = s.output([rows, 2], { dtype: "int32" });
  kernels.countingSort(order, inverse, s.output([6], { dtype: "int32" }), ids, 5);
  const [spread, weights] = [s.output([rows * 2, n]), s.input([rows, 2])];
  kernels.expandRows(spread, x, order, 2, weights);
  kernels.combineRows(s.output(shape), spread, inverse, weights);
  kernels.rowDots(s.output([rows, 2]), dy, spread, inverse);
  const even = n - (n % 2);
  const heads = [1, rows, 1, even];
  const [cos, sin] = [s.input([9, even / 2]), s.input([9, even / 2])];
  if (even > 0) kernels.rope(s.output(heads), s.input(heads), cos, sin, index, false, false);
}
