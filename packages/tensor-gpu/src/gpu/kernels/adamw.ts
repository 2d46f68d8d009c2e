import type { AdamWOptions, OptimizerSlot } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../heap";
import { allOrNothing, slice, update, updateParts } from "./optimiser-update";

/**
 * A kernel for each parameter, and one for the means and one for the squares of several. Not kernel maps, which could do
 * all three at once: those of gpu.js 2.24 write into textures of their own that cannot come from the pool, and WebGPU has
 * none.
 *
 * @see Loshchilov & Hutter 2019, algorithm 2
 */
export function adamw(
  heap: Heap,
  slots: readonly OptimizerSlot[],
  m: View,
  v: View,
  gradScale: View | null,
  { lr, beta1, beta2, eps, biasCorrection1, biasCorrection2 }: AdamWOptions,
): void {
  const parameters = slots.map(({ parameter }) => parameter);
  const parts = slots.map(({ gradient }) => ({ views: { gradient }, numbers: {} }));
  const rates = (beta: number) => ({ beta, rest: 1 - beta });
  const [mean, square] = ["value = beta * own + rest * g;", "value = beta * own + rest * g * g;"];
  allOrNothing(heap, [...parameters, m, v], () => {
    updateParts(heap, "adamw mean", m, parts, gradScale, rates(beta1), mean!);
    updateParts(heap, "adamw square", v, parts, gradScale, rates(beta2), square!);
    let start = 0;
    for (const { parameter, gradient, weightDecay, lrScale } of slots) {
      const rate = lr * lrScale;
      const moments = {
        mean: slice(m, start, parameter.size),
        square: slice(v, start, parameter.size),
      };
      start += parameter.size;
      const numbers = { rate, kept: 1 - rate * weightDecay, eps, biasCorrection1, biasCorrection2 };
      update(
        heap,
        "adamw",
        parameter,
        gradient,
        gradScale,
        moments,
        numbers,
        `const deviation = Math.sqrt(at(square, squareOffset + i) / biasCorrection2) + eps;
    value = own * kept - rate * (at(mean, meanOffset + i) / biasCorrection1) / deviation;`,
      );
    }
  });
}
