import type { View } from "../../backend/backend";
import type { Kernels, OptimizerSlot } from "../../backend/kernels";
import type { Heap } from "../heap";
import { allOrNothing, slice, update } from "./optimiser-update";

/** @see Sutskever et al. 2013, "On the importance of initialization and momentum", in PyTorch's form */
export function sgd(
  heap: Heap,
  slots: readonly OptimizerSlot[],
  buffer: View | null,
  gradScale: View | null,
  { lr, momentum, dampening, nesterov, firstStep }: Parameters<Kernels["sgd"]>[3],
): void {
  const parameters = slots.map(({ parameter }) => parameter);
  allOrNothing(heap, buffer ? [...parameters, buffer] : parameters, () => {
    let start = 0;
    for (const { parameter, gradient, weightDecay, lrScale } of slots) {
      const numbers = { rate: lr * lrScale, decay: weightDecay };
      if (!buffer) {
        const body = "value = own - rate * (g + decay * own);";
        update(heap, "sgd", parameter, gradient, gradScale, {}, numbers, body);
        continue;
      }
      const velocity = slice(buffer, start, parameter.size);
      start += parameter.size;
      const weights = { weights: parameter };
      const weighted = "g + decay * at(weights, weightsOffset + i)";
      if (firstStep)
        update(
          heap,
          "sgd first",
          velocity,
          gradient,
          gradScale,
          weights,
          { decay: weightDecay },
          `value = ${weighted};`,
        );
      else {
        const rest = { decay: weightDecay, momentum, rest: 1 - dampening };
        const body = `value = momentum * own + rest * (${weighted});`;
        update(heap, "sgd velocity", velocity, gradient, gradScale, weights, rest, body);
      }
      const speed = "at(velocity, velocityOffset + i)";
      const step = nesterov ? `(g + decay * own + momentum * ${speed})` : speed;
      update(
        heap,
        nesterov ? "sgd nesterov" : "sgd momentum",
        parameter,
        gradient,
        gradScale,
        { velocity },
        { ...numbers, momentum },
        `value = own - rate * ${step};`,
      );
    }
  });
}
