import type { AdamWOptions, OptimizerSlot } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../heap";

/** @see Loshchilov & Hutter 2019, "Decoupled weight decay regularization", algorithm 2 */
export function adamw(
  heap: Heap,
  slots: readonly OptimizerSlot[],
  m: View,
  v: View,
  gradScale: View | null,
  { lr, beta1, beta2, eps, biasCorrection1, biasCorrection2 }: AdamWOptions,
): void {
  const [means, squares] = [heap.floats(m), heap.floats(v)];
  const factor = gradScale === null ? 1 : heap.floats(gradScale)[0]!;
  let at = 0;
  for (const { parameter, gradient, weightDecay, lrScale } of slots) {
    const [weights, gradients] = [heap.floats(parameter), heap.floats(gradient)];
    const rate = lr * lrScale;
    for (let i = 0; i < weights.length; i++, at++) {
      const g = factor * gradients[i]!;
      means[at] = beta1 * means[at]! + (1 - beta1) * g;
      squares[at] = beta2 * squares[at]! + (1 - beta2) * g * g;
      const deviation = Math.sqrt(squares[at]! / biasCorrection2) + eps;
      const step = means[at]! / biasCorrection1 / deviation;
      weights[i] = weights[i]! * (1 - rate * weightDecay) - rate * step;
    }
  }
}
