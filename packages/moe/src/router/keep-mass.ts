import { noGrad, ones, scatter, type Tensor, zeros } from "@deepgrain/tensor-gpu";

/** A choice of experts: int32 ids and their weights, both [tokens, topK]. */
interface Choice {
  ids: Tensor;
  weights: Tensor;
}

/** Below any weight: experts without any score share the mass equally. */
const TINY = 1e-30;

/**
 * The weights of a choice from which experts were left out, with the sum of the choice without leaving out: experts of both keep their
 * weights, and those that stand in share what the others leave in proportion to their own weights.
 *
 * @param before the choice with nothing left out
 * @param after the choice of the same number of experts without those
 * @returns [tokens, topK] weights of `after.ids`, differentiable
 */
export function keptMass(before: Choice, after: Choice, experts: number): Tensor {
  const all = [before.ids.shape[0]!, experts];
  const standsIn = noGrad(() => {
    const chosen = scatter(zeros(all), 1, before.ids, ones(before.ids.shape));
    return chosen.gather(-1, after.ids).mul(-1).add(1);
  });
  // [tokens, topK] weights that stay, 0 for experts that stand in
  const staying = scatter(zeros(all), 1, before.ids, before.weights).gather(-1, after.ids);
  const total = (x: Tensor): Tensor => x.sum({ dim: -1, keepDim: true });
  const left = total(before.weights).sub(total(staying));
  const own = after.weights.add(TINY).mul(standsIn);
  return staying.add(own.div(total(own).maximum(TINY)).mul(left));
}
