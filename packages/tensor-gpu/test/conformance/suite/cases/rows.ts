import type { Agreement } from "../agreement";
import { EDGE_SIZES, pairs } from "../numbers";
import { EXACT, FORMULA, FUNCTION, SUM } from "../tolerances";

const SIZES = [
  ...pairs([1, 3], EDGE_SIZES),
  ...pairs([33], [1, 5, 64, 257]),
  ...pairs([0], [5]),
  ...pairs([270], [257]),
];
const FILLED = SIZES.filter(([, n]) => n > 0);

export function rowCases(agreement: Agreement): void {
  const { agrees } = agreement;
  for (const name of ["softmax", "logSoftmax"] as const)
    agrees(`${name} is right for every size`, FUNCTION, SIZES, (s, [rows, n]) =>
      s.kernels[name](s.output([rows, n]), s.input([rows, n], { low: -9, high: 9 }), rows, n),
    );
  agrees("logSumExp is right for every size", FUNCTION, FILLED, (s, [rows, n]) =>
    s.kernels.logSumExp(s.output([rows]), s.input([rows, n], { low: -9, high: 9 }), rows, n),
  );
  for (const name of ["softmaxGrad", "logSoftmaxGrad"] as const)
    agrees(`${name} is right for every size`, SUM, SIZES, (s, [rows, n]) => {
      const y = s.output([rows, n]);
      s.kernels[name === "softmaxGrad" ? "softmax" : "logSoftmax"](y, s.input([rows, n]), rows, n);
      s.kernels[name](s.output([rows, n]), s.input([rows, n]), y, rows, n);
    });
  const extremes = [
    [1000, 1001, 999, 1000],
    [-1000, -1001, -999, -1000],
    [0, -200, 200, 1],
    [Number.NEGATIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, 1],
    [Number.NaN, 0, 1, 2],
    [0, 0, 0, 0],
  ];
  agrees(
    "softmax and its kin stay finite on large numbers, and pass on NaN",
    FUNCTION,
    extremes,
    (s, four) => {
      for (const n of [4, 9]) {
        const x = s.input([2, n], {
          values: Array.from({ length: 2 * n }, (_, i) => four[i % 4]!),
        });
        s.kernels.softmax(s.output([2, n]), x, 2, n);
        s.kernels.logSoftmax(s.output([2, n]), x, 2, n);
        s.kernels.logSumExp(s.output([2]), x, 2, n);
      }
    },
  );
  agrees("logSumExp of nothing but -∞ is -∞", EXACT, [1, 4, 9], (s, n) => {
    const x = s.input([1, n], { values: new Array(n).fill(Number.NEGATIVE_INFINITY) });
    s.kernels.logSumExp(s.output([1]), x, 1, n);
  });
  agrees("softmax may write over its input", FUNCTION, [5, 65], (s, n) => {
    for (const name of ["softmax", "logSoftmax"] as const) {
      const x = s.inout([3, n]);
      s.kernels[name](x, x, 3, n);
    }
  });
  crossEntropyCases(agreement);
  normCases(agreement);
}

const IGNORED = -100;

function crossEntropyCases({ agrees }: Agreement): void {
  agrees(
    "crossEntropy and its gradient are right for every size",
    SUM,
    pairs(FILLED, [0, 0.1]),
    (s, p) => {
      const [[rows, n], smoothing] = p;
      const targets = Array.from({ length: rows }, (_, row) =>
        row % 4 === 1 ? IGNORED : Math.floor(s.random() * n),
      );
      const isOpen = (row: number) => targets[row] === IGNORED;
      const target = s.input([rows], { dtype: "int32", values: targets });
      const logits = s.input([rows, n], { low: -5, high: 5 });
      const [losses, lse] = [s.output([rows]), s.output([rows], { isOpen })];
      s.kernels.crossEntropy(losses, lse, logits, target, IGNORED, smoothing);
      const [dlogits, scale] = [s.output([rows, n]), s.input([rows])];
      s.kernels.crossEntropyGrad(dlogits, logits, lse, target, scale, IGNORED, smoothing);
    },
  );
  agrees("crossEntropy takes logits of -∞ beside the target", FUNCTION, [3, 9], (s, n) => {
    const values = Array.from({ length: 2 * n }, (_, i) =>
      i % n === 1 ? Number.NEGATIVE_INFINITY : i / n,
    );
    const [logits, target] = [
      s.input([2, n], { values }),
      s.input([2], { dtype: "int32", values: [0, 2] }),
    ];
    const [losses, lse] = [s.output([2]), s.output([2])];
    s.kernels.crossEntropy(losses, lse, logits, target, IGNORED, 0);
    s.kernels.crossEntropyGrad(s.output([2, n]), logits, lse, target, s.input([2]), IGNORED, 0);
  });
  agrees("crossEntropy keeps its digits on large logits", FUNCTION, [1000, -1000], (s, level) => {
    const logits = s.input([5, 9], { low: level - 3, high: level + 3 });
    const target = s.input([5], { dtype: "int32", low: 0, high: 9 });
    for (const smoothing of [0, 0.1])
      s.kernels.crossEntropy(s.output([5]), s.output([5]), logits, target, IGNORED, smoothing);
  });
  agrees("crossEntropy can ignore every row, and index 0", EXACT, [IGNORED, 0], (s, ignored) => {
    const target = s.input([3], { dtype: "int32", values: [ignored, ignored, ignored] });
    const logits = s.input([3, 5]);
    const lse = s.output([3], { isOpen: () => true });
    s.kernels.crossEntropy(s.output([3]), lse, logits, target, ignored, 0.1);
    s.kernels.crossEntropyGrad(s.output([3, 5]), logits, lse, target, s.input([3]), ignored, 0.1);
  });
}

function normCases({ agrees }: Agreement): void {
  const parameters = pairs(FILLED, ["both", "weight", "bias", "none"] as const);
  agrees(
    "layerNorm and its gradients are right for every size",
    SUM,
    parameters,
    (s, [[rows, n], which]) => {
      const x = s.input([rows, n]);
      const weight = which === "both" || which === "weight" ? s.input([n]) : null;
      const bias = which === "both" || which === "bias" ? s.input([n]) : null;
      const [stats, dy] = [s.output([rows, 2]), s.input([rows, n])];
      s.kernels.layerNorm(s.output([rows, n]), stats, x, weight, bias, 1e-2);
      s.kernels.layerNormGrad(s.output([rows, n]), dy, x, weight, stats);
      const [dweight, dbias] = [weight && s.output([n]), bias && s.output([n])];
      s.kernels.layerNormParamGrad(dweight, dbias, dy, x, stats);
    },
  );
  agrees(
    "layerNorm keeps its digits far from 0",
    { rtol: 1e-3, atol: 1e-3 },
    [5, 33, 256],
    (s, n) => {
      const x = s.input([3, n], { low: 999, high: 1001 });
      s.kernels.layerNorm(s.output([3, n]), s.output([3, 2]), x, null, null, 1e-5);
    },
  );
  agrees(
    "rmsNorm and its gradients are right for every size",
    SUM,
    pairs(FILLED, [true, false]),
    (s, p) => {
      const [[rows, n], hasWeight] = p;
      const [x, dy] = [s.input([rows, n]), s.input([rows, n])];
      const [weight, stats] = [hasWeight ? s.input([n]) : null, s.output([rows])];
      s.kernels.rmsNorm(s.output([rows, n]), stats, x, weight, 1e-2);
      s.kernels.rmsNormGrad(s.output([rows, n]), dy, x, weight, stats);
      s.kernels.rmsNormParamGrad(s.output([n]), dy, x, stats);
    },
  );
  agrees("norms of a row of zeros are zeros", FORMULA, [4, 9], (s, n) => {
    const x = s.input([1, n], { values: new Array(n).fill(0) });
    s.kernels.layerNorm(s.output([1, n]), s.output([1, 2]), x, null, null, 1e-5);
    s.kernels.rmsNorm(s.output([1, n]), s.output([1]), x, null, 1e-5);
  });
}
