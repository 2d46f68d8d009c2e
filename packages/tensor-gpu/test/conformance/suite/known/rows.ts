import { expect, it } from "vitest";
import { seededRandom, uniforms } from "../numbers";
import { DIFFERENCE, FORMULA } from "../tolerances";
import type { Bench } from "./bench";
import { differences, type VectorFunction } from "./differences";
import {
  byRows,
  crossEntropyRow,
  layerNormRow,
  logSumExpRow,
  rmsNormRow,
  softmaxRow,
  sum,
} from "./formulas";

const [ROWS, N] = [3, 7];
const SHAPE = [ROWS, N];
const IGNORED = -1;
const EPS = 0.01;

const numbers = (name: string, n = ROWS * N) => uniforms(seededRandom(name), n);

export function rowFacts(bench: Bench): void {
  const { kernels, floats, ints, empty, read } = bench;
  const [xs, dys] = [numbers("rows x"), numbers("rows dy")];

  const rowwise =
    (f: (row: number[]) => number[]): VectorFunction =>
    (x) =>
      byRows(x, N, f);
  const logSoftmaxRow = (row: number[]) => softmaxRow(row).map(Math.log);
  it.each([
    ["softmax", "softmaxGrad", rowwise(softmaxRow)],
    ["logSoftmax", "logSoftmaxGrad", rowwise(logSoftmaxRow)],
  ] as const)("%s and its gradient follow the formula", async (name, gradName, formula) => {
    const [y, dx] = [empty(SHAPE), empty(SHAPE)];
    kernels[name](y, floats(SHAPE, xs), ROWS, N);
    expect(await read(y)).toBeAllclose(formula(xs), FORMULA);
    kernels[gradName](dx, floats(SHAPE, dys), y, ROWS, N);
    expect(await read(dx)).toBeAllclose(differences(formula, xs, dys), DIFFERENCE);
  });

  it("logSumExp follows the formula; of n equal numbers it is x + log n", async () => {
    const y = empty([ROWS]);
    kernels.logSumExp(y, floats(SHAPE, xs), ROWS, N);
    expect(await read(y)).toBeAllclose(
      byRows(xs, N, (row) => [logSumExpRow(row)]),
      FORMULA,
    );
    kernels.logSumExp(y, floats(SHAPE, new Array(ROWS * N).fill(50)), ROWS, N);
    expect(await read(y)).toBeAllclose(new Array(ROWS).fill(50 + Math.log(N)), FORMULA);
  });

  it.each([0, 0.2])(
    "crossEntropy and its gradient follow the formula, smoothing %d",
    async (smoothing) => {
      const targets = [5, IGNORED, 0];
      const formula: VectorFunction = (x) =>
        targets.map((target, row) =>
          target === IGNORED
            ? 0
            : crossEntropyRow(x.slice(row * N, (row + 1) * N), target, smoothing),
        );
      const [logits, target] = [floats(SHAPE, xs), ints([ROWS], targets)];
      const [losses, lse, dlogits] = [empty([ROWS]), empty([ROWS]), empty(SHAPE)];
      kernels.crossEntropy(losses, lse, logits, target, IGNORED, smoothing);
      expect(await read(losses)).toBeAllclose(formula(xs), FORMULA);
      const scales = dys.slice(0, ROWS);
      const scale = floats([ROWS], scales);
      kernels.crossEntropyGrad(dlogits, logits, lse, target, scale, IGNORED, smoothing);
      expect(await read(dlogits)).toBeAllclose(differences(formula, xs, scales), DIFFERENCE);
    },
  );

  normFacts(bench, xs, dys);
}

function normFacts({ kernels, floats, empty, read }: Bench, xs: number[], dys: number[]): void {
  const [weights, biases] = [numbers("rows weight", N), numbers("rows bias", N)];
  const [x, dy] = [floats(SHAPE, xs), floats(SHAPE, dys)];
  const [weight, bias] = [floats([N], weights), floats([N], biases)];
  const [y, dx, dweight, dbias] = [empty(SHAPE), empty(SHAPE), empty([N]), empty([N])];

  it("layerNorm and its gradients follow the formula", async () => {
    const formula = (values: readonly number[], w: readonly number[], b: readonly number[]) =>
      byRows(values, N, (row) => layerNormRow(row, w, b, EPS));
    const stats = empty([ROWS, 2]);
    kernels.layerNorm(y, stats, x, weight, bias, EPS);
    expect(await read(y)).toBeAllclose(formula(xs, weights, biases), FORMULA);
    const moments = byRows(xs, N, (row) => {
      const mean = sum(row) / N;
      return [mean, (sum(row.map((value) => (value - mean) ** 2)) / N + EPS) ** -0.5];
    });
    expect(await read(stats)).toBeAllclose(moments, FORMULA);
    kernels.layerNormGrad(dx, dy, x, weight, stats);
    const expected = differences((values) => formula(values, weights, biases), xs, dys);
    expect(await read(dx)).toBeAllclose(expected, DIFFERENCE);
    kernels.layerNormParamGrad(dweight, dbias, dy, x, stats);
    const ofWeight = differences((values) => formula(xs, values, biases), weights, dys);
    expect(await read(dweight)).toBeAllclose(ofWeight, DIFFERENCE);
    const ofBias = differences((values) => formula(xs, weights, values), biases, dys);
    expect(await read(dbias)).toBeAllclose(ofBias, DIFFERENCE);
  });

  it("rmsNorm and its gradients follow the formula", async () => {
    const formula = (values: readonly number[], w: readonly number[]) =>
      byRows(values, N, (row) => rmsNormRow(row, w, EPS));
    const stats = empty([ROWS]);
    kernels.rmsNorm(y, stats, x, weight, EPS);
    expect(await read(y)).toBeAllclose(formula(xs, weights), FORMULA);
    kernels.rmsNormGrad(dx, dy, x, weight, stats);
    const expected = differences((values) => formula(values, weights), xs, dys);
    expect(await read(dx)).toBeAllclose(expected, DIFFERENCE);
    kernels.rmsNormParamGrad(dweight, dy, x, stats);
    const ofWeight = differences((values) => formula(xs, values), weights, dys);
    expect(await read(dweight)).toBeAllclose(ofWeight, DIFFERENCE);
  });
}
