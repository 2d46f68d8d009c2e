import type { OptimizerSlot } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../cell-heap";
import type { OnHeap } from "../on-heap";
import { elementsOf, foldInto } from "./fold";
import { allOrNothing, slice, update, updateParts } from "./optimiser-update";

export const squaredNorms: OnHeap["squaredNorms"] = (heap, out, views) => {
  for (const [i, view] of views.entries()) {
    const shape = { outer: 1, n: view.size, inner: 1 };
    foldInto(heap, slice(out, i, 1), "sum", elementsOf(heap, view, true), shape);
  }
};

/**
 * One kernel per parameter, and one each for the means and the squares of several parameters. Kernel maps could
 * compute all three at once, but those of gpu.js 2.24 write into their own textures, which cannot come from the pool,
 * and WebGPU has none.
 *
 * @see Loshchilov & Hutter 2019, algorithm 2
 */
export const adamw: OnHeap["adamw"] = (
  heap,
  slots,
  m,
  v,
  gradScale,
  { lr, beta1, beta2, eps, biasCorrection1, biasCorrection2 },
) => {
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
};

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
export const sgd: OnHeap["sgd"] = (
  heap,
  slots,
  buffer,
  gradScale,
  { lr, momentum, dampening, nesterov, firstStep },
) => {
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
};
