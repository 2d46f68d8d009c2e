/** @file Cross-entropy with class weights, smoothing and probabilities as targets, against its formula in double precision. */
import { expect, it } from "vitest";
import * as dg from "../../../../src";
import { DIFFERENCE, FORMULA } from "../tolerances";
import type { Bench } from "./bench";
import { differences } from "./differences";
import { drawn, resultsOf } from "./operator-results";

const [ROWS, CLASSES, IGNORED] = [5, 4, 2];
const WEIGHT = [0.5, 2, 1, 0.25];
const TARGETS = [3, 0, IGNORED, 1, 0];
const LOGITS = drawn("logits", [ROWS, CLASSES]);
/** Not normalised: the formula does not ask for it. */
const SHARES = drawn("shares", [ROWS, CLASSES]).values.map(Math.abs);

const REDUCTIONS = ["none", "sum", "mean"] as const;
const CASES = REDUCTIONS.flatMap((reduction) =>
  [0, 0.3].flatMap((labelSmoothing) =>
    [false, true].flatMap((isWeighted) =>
      [false, true].map((isSoft) => ({ reduction, labelSmoothing, isWeighted, isSoft })),
    ),
  ),
);
type Case = (typeof CASES)[number];

/** −ln p of a row. */
function surprise(row: readonly number[]): number[] {
  const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
  return row.map((x) => Math.log(total) - x);
}

/** The loss, or one per row. */
function formula(c: Case, logits: readonly number[], shares: readonly number[]): number[] {
  const weight = c.isWeighted ? WEIGHT : new Array<number>(CLASSES).fill(1);
  const e = c.labelSmoothing;
  let divisor = 0;
  const losses = TARGETS.map((target, row) => {
    const each = surprise(logits.slice(row * CLASSES, (row + 1) * CLASSES));
    const own = each.map((_, k) => (c.isSoft ? shares[row * CLASSES + k]! : Number(k === target)));
    const isCounted = c.isSoft || target !== IGNORED;
    divisor += c.isSoft ? 1 : isCounted ? weight[target]! : 0;
    const terms = each.map((x, k) => weight[k]! * x * ((1 - e) * own[k]! + e / CLASSES));
    return isCounted ? terms.reduce((a, b) => a + b) : 0;
  });
  if (c.reduction === "none") return losses;
  const total = losses.reduce((a, b) => a + b);
  return [c.reduction === "mean" ? total / divisor : total];
}

export function crossEntropyFacts({ backend }: Bench): void {
  it.each(CASES)(
    "crossEntropy: $reduction, smoothing $labelSmoothing, weighted $isWeighted, probabilities $isSoft",
    async (c) => {
      const { reduction, labelSmoothing } = c;
      const dyOf = (shape: readonly number[]) => drawn("dy", shape);
      const operands = [LOGITS, ...(c.isSoft ? [{ ...LOGITS, values: SHARES }] : [])];
      const found = await resultsOf(
        backend,
        (logits, shares) =>
          dg.crossEntropy(logits!, shares ?? dg.tensor(Int32Array.from(TARGETS)), {
            reduction,
            labelSmoothing,
            weight: c.isWeighted ? dg.tensor(WEIGHT) : null,
            ...(!c.isSoft && { ignoreIndex: IGNORED }),
          }),
        operands,
        dyOf,
      );
      const expected = formula(c, LOGITS.values, SHARES);
      expect(found.out).toBeAllclose(expected, FORMULA);
      const dy = dyOf(found.shape).values;
      const ofLogits = (x: readonly number[]) => formula(c, x, SHARES);
      const ofShares = (t: readonly number[]) => formula(c, LOGITS.values, t);
      expect(found.gradients[0]!).toBeAllclose(
        differences(ofLogits, LOGITS.values, dy),
        DIFFERENCE,
      );
      if (c.isSoft)
        expect(found.gradients[1]!).toBeAllclose(differences(ofShares, SHARES, dy), DIFFERENCE);
    },
  );
}
