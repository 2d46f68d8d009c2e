import type { View } from "../backend/view";
import type { Cell } from "./cell";
import type { Heap } from "./cell-heap";
import { type Placement, placementOf } from "./layout";
import type { Program } from "./program-source";

/** The formula of one kernel: `value` from `i`, the element's index in row-major order of the output. */
export interface Formula {
  /** Formulas with the same key have the same body and the same names. */
  readonly key: string;
  /** Arrays that the body reads as `at(name, place)`, with `place` counted from the start of the block. */
  readonly arrays: Readonly<Record<string, Cell>>;
  readonly numbers: Readonly<Record<string, number>>;
  /** Statements that set `value`. */
  readonly body: string;
}

const OLD = "old"; // the previous contents of the block

interface Inverse {
  readonly key: string;
  readonly numbers: Record<string, number>;
  /** Statements that set `i`, and `inside` to 1 where the element belongs to the view. */
  readonly head: string;
}

function inverseOf(placement: Placement): Inverse {
  if (placement.kind === "whole") return { key: "whole", numbers: {}, head: "" };
  if (placement.kind === "span")
    return {
      key: "span",
      numbers: { viewOffset: placement.offset, viewSize: placement.size },
      head: `
    const i = e - viewOffset;
    let inside = 0;
    if (i >= 0) { if (i < viewSize) { inside = 1; } }`,
    };
  const { axes, offset } = placement;
  const numbers: Record<string, number> = { viewOffset: offset };
  const parts = axes.map(({ length, stride, step }, axis) => {
    numbers[`viewLength${axis}`] = length;
    numbers[`viewStride${axis}`] = stride;
    numbers[`viewStep${axis}`] = Math.abs(step);
    const index = step < 0 ? `(viewLength${axis} - 1 - place${axis})` : `place${axis}`;
    return `
    const place${axis} = quotient(rest, viewStride${axis});
    rest = rest - place${axis} * viewStride${axis};
    if (place${axis} >= viewLength${axis}) { inside = 0; }
    i = i + ${index} * viewStep${axis};`;
  });
  const head = `
    let rest = e - viewOffset;
    let inside = 1;
    let i = 0;
    if (rest < 0) { inside = 0; rest = 0; }${parts.join("")}
    if (rest > 0) { inside = 0; }`;
  const signs = axes.map(({ step }) => (step < 0 ? "-" : "+")).join("");
  return { key: `strided${signs}`, numbers, head };
}

/** Computes a formula for every element of `out`; the rest of its block is unchanged. */
export function launch(heap: Heap, out: View, formula: Formula): void {
  if (out.size === 0) return;
  const { length } = heap.block(out);
  const inverse = inverseOf(placementOf(out, length));
  const numbers = { ...formula.numbers, ...inverse.numbers };
  const isWhole = inverse.key === "whole";
  const arrays = isWhole ? formula.arrays : { ...formula.arrays, [OLD]: heap.cell(out) };
  const body = isWhole
    ? `    const i = e;\n    ${formula.body}`
    : `${inverse.head}\n    if (inside > 0) {\n    ${formula.body}\n    } else { value = at(${OLD}, e); }`;
  const program: Program = {
    key: `${formula.key}/${inverse.key}`,
    arrays: Object.keys(arrays),
    numbers: Object.keys(numbers),
    body,
  };
  const cell = heap.device.run(program, Object.values(arrays), Object.values(numbers), length);
  heap.replace(out, cell);
}

/** Computes a formula for `length` elements that belong to no block. The caller must release the result. */
export function compute(heap: Heap, length: number, formula: Formula): Cell {
  const { key, arrays, numbers } = formula;
  const program: Program = {
    key,
    arrays: Object.keys(arrays),
    numbers: Object.keys(numbers),
    body: `    const i = e;\n    ${formula.body}`,
  };
  return heap.device.run(program, Object.values(arrays), Object.values(numbers), length);
}
