/** @file Shared parts of the optimisers: one update of one array, and steps that change all arrays or none. */
import type { View } from "../../backend/view";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
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

/** One slot's part of a flat array: as many elements as each of its views has. */
export interface Part {
  /** `gradient`, and anything else that the update reads. */
  readonly views: Readonly<Record<string, View>> & { readonly gradient: View };
  readonly numbers: Readonly<Record<string, number>>;
}

/**
 * The inputs of a kernel in addition to the parts' views: the whole block of `target`, to preserve the rest of it, and
 * the scale.
 */
const OTHER_INPUTS = 3;
const MOST_VIEWS = 12;

/** Views of parts that one kernel reads. */
const viewsAtOnce = ({ device }: Heap) => Math.min(MOST_VIEWS, device.inputLimit - OTHER_INPUTS);

/**
 * An update of a flat array, slot after slot: several slots per kernel, since each kernel rewrites the whole array.
 * `own` is the element, `g` its scaled gradient; the parts' other views and numbers are available under their names.
 */
export function updateParts(
  heap: Heap,
  key: string,
  flat: View,
  parts: readonly Part[],
  gradScale: View | null,
  numbers: Readonly<Record<string, number>>,
  body: string,
): void {
  const present = parts.filter(({ views }) => views.gradient.size > 0);
  if (present.length === 0) return;
  const many = Math.floor(viewsAtOnce(heap) / Object.keys(present[0]!.views).length);
  for (let first = 0, start = 0; first < present.length; first += many) {
    const some = present.slice(first, first + many);
    const size = some.reduce((sum, { views }) => sum + views.gradient.size, 0);
    const target = slice(flat, start, size);
    launchParts(heap, key, target, some, gradScale, numbers, body);
    start += size;
  }
}

function launchParts(
  heap: Heap,
  key: string,
  target: View,
  parts: readonly Part[],
  gradScale: View | null,
  others: Readonly<Record<string, number>>,
  body: string,
): void {
  const scale = factor(heap, gradScale);
  const arrays: Record<string, Cell> = { target: heap.cell(target), ...scale.arrays };
  const numbers: Record<string, number> = { targetOffset: target.offset, ...scale.numbers };
  let end = 0;
  const branches = parts.map((part, k) => {
    const start = end;
    end += part.views.gradient.size;
    numbers[`end${k}`] = end;
    const reads = Object.entries(part.views).map(([name, view]) => {
      arrays[`${name}${k}`] = heap.cell(view);
      numbers[`${name}Offset${k}`] = view.offset - start;
      return `${name} = at(${name}${k}, ${name}Offset${k} + i);`;
    });
    const settings = Object.entries(part.numbers).map(([name, value]) => {
      numbers[`${name}${k}`] = value;
      return `${name} = ${name}${k};`;
    });
    return `if (i < end${k}) { ${[...reads, ...settings].join(" ")} }`;
  });
  const names = [...Object.keys(parts[0]!.views), ...Object.keys(parts[0]!.numbers)];
  launch(heap, target, {
    key: `${key} of ${parts.length}${scale.key}`,
    arrays,
    numbers: { ...numbers, ...others },
    body: `${names.map((name) => `let ${name} = 0;`).join(" ")}
    ${branches.join(" else ")}
    const own = at(target, targetOffset + i);
    const g = gradient${scale.read};
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
