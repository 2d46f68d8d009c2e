import { having, optionsOf, real, refuseUnknown, ScalingLawsError } from "../errors";
import { powerAt } from "../law/evaluate";
import { type Law, mapLaw } from "../law/law";

/**
 * Compares a training with the compute-optimal one of the same FLOPs. Released models are over-trained by design: they
 * read more tokens than is optimal for their budget, to be cheaper in use.
 *
 * @param run model scale (FLOPs per token) and training tokens
 * @returns C = model · tokens, the optimum for it, and tokens over optimal tokens (above 1: over-trained)
 * @throws {ScalingLawsError} `ERR_RANGE` for a number that is not finite and above 0, `ERR_ARGUMENT` for a law without
 *   allocation
 */
export function overTraining(run: { model: number; tokens: number }, law: Law) {
  const { model, tokens, ...rest } = optionsOf("overTraining", run);
  refuseUnknown("overTraining", rest, ["model", "tokens"]);
  having("overTraining", "law", law);
  real("overTraining", "model", model, { above: 0 });
  real("overTraining", "tokens", tokens, { above: 0 });
  const { allocation } = mapLaw(law, (number) => number.value);
  if (!allocation)
    throw new ScalingLawsError(
      "ERR_ARGUMENT",
      "scaling-laws/overTraining: the law has no allocation",
    );
  const flops = model * tokens;
  const optimalModel = powerAt(allocation.model, flops);
  const optimalTokens = powerAt(allocation.data, flops);
  return { flops, optimalModel, optimalTokens, ratio: tokens / optimalTokens };
}
