import { listOf, optionsOf, real, refuseUnknown, ScalingLawsError } from "../errors";
import type { LossLaw } from "../law/law";
import { fitLine } from "../statistics/line";

/** With an irreducible part (`offset`) or without (`power`). */
export type LossForm = "offset" | "power";

const GRID = 17; // values of the floor per round
const ROUNDS = 8; // each narrows the floor by a factor of 8

/** The curve of one floor E: log(loss − E) is a line in log C; weights make its errors those of log loss. */
function withFloor(logFlops: readonly number[], loss: readonly number[], floor: number) {
  const excess = loss.map((value) => value - floor);
  const weights = loss.map((value, i) => (excess[i]! / value) ** 2);
  const line = fitLine(logFlops, excess.map(Math.log), weights);
  const error = loss.reduce((sum, value, i) => {
    const predicted = floor + Math.exp(line.intercept + line.slope * logFlops[i]!);
    return sum + Math.log(predicted / value) ** 2;
  }, 0);
  return { floor, line, error };
}

function bestFloor(logFlops: readonly number[], loss: readonly number[]) {
  const lowest = Math.min(...loss);
  let [low, high] = [0, lowest * (1 - 1e-6)];
  let best = withFloor(logFlops, loss, 0);
  for (let round = 0; round < ROUNDS; round++) {
    const step = (high - low) / (GRID - 1);
    for (let i = 0; i < GRID; i++) {
      const candidate = withFloor(logFlops, loss, low + i * step);
      if (candidate.error < best.error) best = candidate;
    }
    [low, high] = [Math.max(low, best.floor - step), Math.min(high, best.floor + step)];
  }
  return best;
}

/** {@link fitLossCurve} without checks. */
export function lossCurveThrough(
  flops: readonly number[],
  loss: readonly number[],
  form: LossForm,
): LossLaw<number> {
  const logFlops = flops.map(Math.log);
  const { floor, line } =
    form === "power" ? withFloor(logFlops, loss, 0) : bestFloor(logFlops, loss);
  return { floor, coefficient: Math.exp(line.intercept), exponent: line.slope };
}

/**
 * Fits the loss at the optimum over compute: `E + k·C^exponent` with E ≥ 0 (form `offset`, by a grid over E that is refined
 * around its best value), or the pure power law with E = 0 (form `power`). Least squares in log loss.
 *
 * @param flops budgets, at least 3 different ones for `offset` (4 to leave a residual), 2 for `power`
 * @param loss the loss at each, above 0
 * @returns floor, coefficient and exponent; the exponent is negative where the loss falls
 * @throws {ScalingLawsError} `ERR_ARGUMENT` for lists of different length, `ERR_RANGE` for a number that is not finite and
 *   above 0, `ERR_TOO_FEW` for too few budgets
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 3.2 (the coefficients are not published)
 */
export function fitLossCurve(
  flops: readonly number[],
  loss: readonly number[],
  options: { form?: LossForm | undefined } = {},
): LossLaw<number> {
  listOf("fitLossCurve", "flops", flops);
  const { form = "offset", ...rest } = optionsOf("fitLossCurve", options);
  refuseUnknown("fitLossCurve", rest);
  if (flops.length !== loss.length)
    throw new ScalingLawsError(
      "ERR_ARGUMENT",
      `scaling-laws/fitLossCurve: ${flops.length} budgets, but ${loss.length} losses`,
      { fields: { flops: flops.length, loss: loss.length } },
    );
  for (const [i, value] of flops.entries())
    real("fitLossCurve", `flops[${i}]`, value, { above: 0 });
  for (const [i, value] of loss.entries()) real("fitLossCurve", `loss[${i}]`, value, { above: 0 });
  const needed = form === "offset" ? 3 : 2;
  const different = new Set(flops).size;
  if (different < needed)
    throw new ScalingLawsError(
      "ERR_TOO_FEW",
      `scaling-laws/fitLossCurve: the form "${form}" needs at least ${needed} different budgets, got ${different}`,
      { fields: { needed, different } },
    );
  return lossCurveThrough(flops, loss, form);
}
