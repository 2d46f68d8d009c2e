import { defaultGenerator } from "../random";
import type { Tensor } from "../tensor/tensor";
import { backward } from "./backward";
import { tidy } from "./scope";
import { enableGrad, noGrad, track } from "./track";

/**
 * Runs `fn` without keeping what its backward pass needs, and runs it again when the gradient comes: memory for time.
 * Random numbers of the default generator repeat. Parameters used inside receive their gradients as usual.
 *
 * @param fn a pure function of the inputs (and of parameters)
 * @param inputs tensors handed to `fn`
 * @param parameters what else `fn` differentiates, needed when no input requires a gradient
 * @returns what `fn` returns
 * @see Chen et al. 2016, section 4
 */
export function checkpoint(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  parameters: readonly Tensor[] = [],
): Tensor {
  const random = defaultGenerator.state();
  const out = tidy(() => noGrad(() => fn(...inputs))).detach();
  track("checkpoint", [out], [...inputs, ...parameters], (hold) => {
    const saved = inputs.map(hold);
    return ([dy]) => {
      const now = defaultGenerator.state();
      defaultGenerator.restore(random);
      const leaves = saved.map((input, i) => input.alias().requireGrad(inputs[i]!.requiresGrad));
      try {
        tidy(() =>
          backward(
            enableGrad(() => fn(...leaves)),
            { gradient: dy! },
          ),
        );
        return leaves.map(({ grad }) => grad?.view(grad.shape, grad.strides, grad.offset) ?? null);
      } finally {
        defaultGenerator.restore(now);
        for (const leaf of leaves) leaf.dispose();
      }
    };
  });
  return out;
}
