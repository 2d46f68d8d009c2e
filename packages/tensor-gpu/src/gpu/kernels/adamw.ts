import type { View } from "../../backend/backend";
import type { AdamWOptions, OptimizerSlot } from "../../backend/kernels";
import type { Heap } from "../heap";
import { allOrNothing, slice, update } from "./optimiser-update";

/** Three kernels a slot: mean, square, parameter. @see Loshchilov & Hutter 2019, algorithm 2 */
export function adamw(
  heap: Heap,
  slots: readonly OptimizerSlot[],
  m: View,
  v: View,
  gradScale: View | null,
  { lr, beta1, beta2, eps, biasCorrection1, biasCorrection2 }: AdamWOptions,
): void {
  const parameters = slots.map(({ parameter }) => parameter);
  allOrNothing(heap, [...parameters, m, v], () => {
    let start = 0;
    for (const { parameter, gradient, weightDecay, lrScale } of slots) {
      const [mean, square] = [slice(m, start, parameter.size), slice(v, start, parameter.size)];
      const rate = lr * lrScale;
      start += parameter.size;
      const moment = (target: View, beta: number, isSquared: boolean) =>
        update(
          heap,
          isSquared ? "adamw square" : "adamw mean",
          target,
          gradient,
          gradScale,
          {},
          { beta, rest: 1 - beta },
          `value = beta * own + rest * g${isSquared ? " * g" : ""};`,
        );
      moment(mean, beta1, false);
      moment(square, beta2, true);
      const numbers = { rate, kept: 1 - rate * weightDecay, eps, biasCorrection1, biasCorrection2 };
      update(
        heap,
        "adamw",
        parameter,
        gradient,
        gradScale,
        { mean, square },
        numbers,
        `const deviation = Math.sqrt(at(square, squareOffset + i) / biasCorrection2) + eps;
    value = own * kept - rate * (at(mean, meanOffset + i) / biasCorrection1) / deviation;`,
      );
    }
  });
}
