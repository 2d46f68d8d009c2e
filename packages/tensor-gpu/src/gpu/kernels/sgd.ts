import type { Kernels, OptimizerSlot } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../heap";
import { allOrNothing, slice, update, updateParts } from "./optimiser-update";

/** The step without momentum. */
function descend(
  heap: Heap,
  slots: readonly OptimizerSlot[],
  gradScale: View | null,
  lr: number,
): void {
  for (const { parameter, gradient, weightDecay, lrScale } of slots) {
    const numbers = { rate: lr * lrScale, decay: weightDecay };
    const body = "value = own - rate * (g + decay * own);";
    update(heap, "sgd", parameter, gradient, gradScale, {}, numbers, body);
  }
}

/** @see Sutskever et al. 2013, "On the importance of initialization and momentum", in PyTorch's form */
export function sgd(
  heap: Heap,
  slots: readonly OptimizerSlot[],
  buffer: View | null,
  gradScale: View | null,
  { lr, momentum, dampening, nesterov, firstStep }: Parameters<Kernels["sgd"]>[3],
): void {
  const parameters = slots.map(({ parameter }) => parameter);
  if (!buffer)
    return void allOrNothing(heap, parameters, () => descend(heap, slots, gradScale, lr));
  const parts = slots.map(({ parameter, gradient, weightDecay }) => ({
    views: { gradient, weight: parameter },
    numbers: { decay: weightDecay },
  }));
  const rates = firstStep ? {} : { momentum, rest: 1 - dampening };
  const pushed = firstStep
    ? "value = g + decay * weight;"
    : "value = momentum * own + rest * (g + decay * weight);";
  const speed = "at(velocity, velocityOffset + i)";
  const move = nesterov ? `(g + decay * own + momentum * ${speed})` : speed;
  allOrNothing(heap, [...parameters, buffer], () => {
    const key = firstStep ? "sgd first" : "sgd velocity";
    updateParts(heap, key, buffer, parts, gradScale, rates, pushed);
    let start = 0;
    for (const { parameter, gradient, weightDecay, lrScale } of slots) {
      const velocity = slice(buffer, start, parameter.size);
      start += parameter.size;
      update(
        heap,
        nesterov ? "sgd nesterov" : "sgd momentum",
        parameter,
        gradient,
        gradScale,
        { velocity },
        { rate: lr * lrScale, decay: weightDecay, momentum },
        `value = own - rate * ${move};`,
      );
    }
  });
}
