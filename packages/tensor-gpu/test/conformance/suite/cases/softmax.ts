import type { Agreement } from "../agreement";
import { EXACT, FUNCTION, SUM } from "../tolerances";

import { FILLED_ROWS, ROW_SIZES } from "./row-sizes";

export function softmaxCases({ agrees }: Agreement): void {
  for (const name of ["softmax", "logSoftmax"] as const)
    agrees(`${name} is right for every size`, FUNCTION, ROW_SIZES, (s, [rows, n]) =>
      s.kernels[name](s.output([rows, n]), s.input([rows, n], { low: -9, high: 9 }), rows, n),
    );
  agrees("logSumExp is right for every size", FUNCTION, FILLED_ROWS, (s, [rows, n]) =>
    s.kernels.logSumExp(s.output([rows]), s.input([rows, n], { low: -9, high: 9 }), rows, n),
  );
  for (const name of ["softmaxGrad", "logSoftmaxGrad"] as const)
    agrees(`${name} is right for every size`, SUM, ROW_SIZES, (s, [rows, n]) => {
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
}
