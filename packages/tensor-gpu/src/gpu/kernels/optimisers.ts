import type { View } from "../../backend/backend";
import type { AdamWOptions, Kernels, OptimizerSlot } from "../../backend/kernels";
import type { Cell } from "../cell";
import type { Heap } from "../heap";
import { launch } from "../launch";
import { elementsOf, foldInto } from "./fold";

/** Elements `start` to `start + size` − 1 of a flat view. */
const slice = (view: View, start: number, size: number): View => ({
  ...view,
  offset: view.offset + start,
  shape: [size],
  strides: [1],
  size,
});

export function squaredNorms(heap: Heap, out: View, views: readonly View[]): void {
  for (const [i, view] of views.entries()) {
    const shape = { outer: 1, n: view.size, inner: 1 };
    foldInto(heap, slice(out, i, 1), "sum", elementsOf(heap, view, true), shape);
  }
}

/** The common factor of all gradients, as code that reads it. */
function factor(heap: Heap, gradScale: View | null) {
  const arrays: Record<string, Cell> = gradScale ? { scales: heap.cell(gradScale) } : {};
  const numbers: Record<string, number> = gradScale ? { scaleOffset: gradScale.offset } : {};
  return {
    key: gradScale ? " scaled" : "",
    arrays,
    numbers,
    read: gradScale ? " * at(scales, scaleOffset)" : "",
  };
}

/** An update of one slot: `own` is the element of `target`, `g` its scaled gradient. */
function update(
  heap: Heap,
  key: string,
  target: View,
  gradient: View,
  gradScale: View | null,
  others: Readonly<Record<string, View>>,
  numbers: Readonly<Record<string, number>>,
  body: string,
): void {
  const scale = factor(heap, gradScale);
  const arrays: Record<string, Cell> = { target: heap.cell(target), gradient: heap.cell(gradient) };
  const offsets: Record<string, number> = {
    targetOffset: target.offset,
    gradientOffset: gradient.offset,
  };
  for (const [name, view] of Object.entries(others)) {
    arrays[name] = heap.cell(view);
    offsets[`${name}Offset`] = view.offset;
  }
  launch(heap, target, {
    key: `${key}${scale.key}`,
    arrays: { ...arrays, ...scale.arrays },
    numbers: { ...numbers, ...offsets, ...scale.numbers },
    body: `const own = at(target, targetOffset + i);
    const g = at(gradient, gradientOffset + i)${scale.read};
    ${body}`,
  });
}

/** Three kernels a slot: mean, square, parameter. @see Loshchilov & Hutter 2019, algorithm 2 */
export function adamw(
  heap: Heap,
  slots: readonly OptimizerSlot[],
  m: View,
  v: View,
  gradScale: View | null,
  { lr, beta1, beta2, eps, biasCorrection1, biasCorrection2 }: AdamWOptions,
): void {
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
}

/** @see Sutskever et al. 2013, "On the importance of initialization and momentum", in PyTorch's form */
export function sgd(
  heap: Heap,
  slots: readonly OptimizerSlot[],
  buffer: View | null,
  gradScale: View | null,
  { lr, momentum, dampening, nesterov, firstStep }: Parameters<Kernels["sgd"]>[3],
): void {
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
}
