import type { Agreement } from "../agreement";
import { pairs } from "../numbers";
import { EXACT, FUNCTION, SUM } from "../tolerances";

import { FILLED_ROWS } from "./row-sizes";

const IGNORED = -100;

export function crossEntropyCases({ agrees }: Agreement): void {
  agrees(
    "crossEntropy and its gradient are right for every size",
    SUM,
    pairs(FILLED_ROWS, [0, 0.1]),
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
