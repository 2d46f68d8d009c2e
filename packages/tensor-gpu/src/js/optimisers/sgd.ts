import type { Kernels, OptimizerSlot } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../heap";

/** @see Sutskever et al. 2013, "On the importance of initialization and momentum", in PyTorch's form */
export function sgd(
  heap: Heap,
  slots: readonly OptimizerSlot[],
  buffer: View | null,
  gradScale: View | null,
  { lr, momentum, dampening, nesterov, firstStep }: Parameters<Kernels["sgd"]>[3],
): void {
  const velocities = buffer && heap.floats(buffer);
  const factor = gradScale === null ? 1 : heap.floats(gradScale)[0]!;
  let at = 0;
  for (const { parameter, gradient, weightDecay, lrScale } of slots) {
    const [weights, gradients] = [heap.floats(parameter), heap.floats(gradient)];
    for (let i = 0; i < weights.length; i++, at++) {
      const g = factor * gradients[i]! + weightDecay * weights[i]!;
      let step = g;
      if (velocities !== null) {
        velocities[at] = firstStep ? g : momentum * velocities[at]! + (1 - dampening) * g;
        step = nesterov ? g + momentum * velocities[at]! : velocities[at]!;
      }
      weights[i] = weights[i]! - lr * lrScale * step;
    }
  }
}
