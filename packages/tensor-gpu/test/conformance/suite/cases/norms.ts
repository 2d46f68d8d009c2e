import type { Agreement } from "../agreement";
import { pairs } from "../numbers";
import { FORMULA, SUM } from "../tolerances";

import { FILLED_ROWS } from "./row-sizes";

export function normCases({ agrees }: Agreement): void {
  const parameters = pairs(FILLED_ROWS, ["both", "weight", "bias", "none"] as const);
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
    pairs(FILLED_ROWS, [true, false]),
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
