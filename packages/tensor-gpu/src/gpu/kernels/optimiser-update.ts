/** @file What the optimisers share: one update of one array, and steps that change everything or nothing. */
import type { View } from "../../backend/backend";
import type { Cell } from "../cell";
import type { Heap } from "../heap";
import { launch } from "../launch";

/** Elements `start` to `start + size` − 1 of a flat view. */
export const slice = (view: View, start: number, size: number): View => ({
  ...view,
  offset: view.offset + start,
  shape: [size],
  strides: [1],
  size,
});

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
export function update(
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

/** Lets a step change all of `views` or, where it fails, none. */
export function allOrNothing(heap: Heap, views: readonly View[], step: () => void): void {
  const { device } = heap;
  const before = views.map((view) => device.retain(heap.cell(view)));
  try {
    step();
  } catch (error) {
    for (const [i, view] of views.entries()) heap.replace(view, device.retain(before[i]!));
    throw error;
  } finally {
    for (const cell of before) device.release(cell);
  }
}
