import { assertFunction } from "../errors";
import { watchGenerators, withGenerators } from "../random";
import type { Tensor } from "../tensor/tensor";
import { backward } from "./backward";
import { tidy } from "./scope";
import { enableGrad, noGrad, track } from "./track";

let recomputations = 0;

/**
 * True while a backward pass reruns the function of a {@link checkpoint}. Code that counts or reports should then do nothing.
 */
export const isRecomputing = (): boolean => recomputations > 0;

function recompute(fn: () => Tensor, gradient: Tensor): void {
  recomputations++;
  try {
    backward(enableGrad(fn), { gradient });
  } finally {
    recomputations--;
  }
}

/**
 * Runs `fn` without saving what its backward pass needs, and reruns it in the backward pass: trades compute for memory.
 * Every {@link Generator} that `fn` draws from repeats its numbers, no matter who owns it. Other randomness must be an input.
 * Parameters used inside receive their gradients as usual.
 *
 * @param fn a pure function of the inputs (and of parameters)
 * @param inputs tensors handed to `fn`
 * @param parameters other tensors that `fn` differentiates; needed when no input requires a gradient
 * @returns what `fn` returns
 * @see Chen et al. 2016, section 4
 */
export function checkpoint(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  parameters: readonly Tensor[] = [],
): Tensor {
  assertFunction("checkpoint", fn);
  const { result, before } = watchGenerators(() => tidy(() => noGrad(() => fn(...inputs))));
  const out = result.detach();
  track("checkpoint", [out], [...inputs, ...parameters], (hold) => {
    const saved = inputs.map(hold);
    parameters.forEach(hold); // overwritten, they would give the gradients of another function
    return ([dy]) => {
      const leaves = saved.map((input, i) => input.alias().requireGrad(inputs[i]!.requiresGrad));
      try {
        withGenerators(before, () => tidy(() => recompute(() => fn(...leaves), dy!)));
        return leaves.map(({ grad }) => grad?.view(grad.shape, grad.strides, grad.offset) ?? null);
      } finally {
        for (const leaf of leaves) leaf.dispose();
      }
    };
  });
  return out;
}
