import type { ArithmeticOp, CompareOp } from "../../backend/kernels";
import type { OnHeap } from "../on-heap";
import { integerPower, power } from "./power";

type Binary = (a: number, b: number) => number;

/** Remainder with the divisor's sign, a − ⌊a/b⌋·b. */
function remainder(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

const floatFunctions: Record<ArithmeticOp, Binary> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: power,
  maximum: Math.max,
  minimum: Math.min,
  remainder,
};

/** Results wrap as int32 does. Division truncates; division by zero gives 0, and so does the remainder. */
const integerFunctions: Record<ArithmeticOp, Binary> = {
  ...floatFunctions,
  mul: Math.imul,
  pow: integerPower,
};

const comparisons: Record<CompareOp, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

export const arithmetic: OnHeap["arithmetic"] = (heap, op, out, a, b) => {
  const isFloat = out.dtype === "float32";
  const f = isFloat ? floatFunctions[op] : integerFunctions[op];
  const y = heap.numbers(out);
  const [left, right] = [heap.packed(a), heap.packed(b)];
  // Storing into an Int32Array wraps, truncates, and turns NaN and infinities into 0.
  for (let i = 0; i < y.length; i++) y[i] = f(left[i]!, right[i]!);
};

export const compare: OnHeap["compare"] = (heap, op, out, a, b) => {
  const holds = comparisons[op];
  const y = heap.ints(out);
  const [left, right] = [heap.packed(a), heap.packed(b)];
  for (let i = 0; i < y.length; i++) y[i] = holds(left[i]!, right[i]!) ? 1 : 0;
};

export const where: OnHeap["where"] = (heap, out, condition, a, b) => {
  const y = heap.numbers(out);
  const choose = heap.packed(condition);
  const [left, right] = [heap.packed(a), heap.packed(b)];
  for (let i = 0; i < y.length; i++) y[i] = choose[i] !== 0 ? left[i]! : right[i]!;
};

export const addScaled: OnHeap["addScaled"] = (heap, out, x, scale) => {
  const [y, from] = [heap.floats(out), heap.floats(x)];
  for (let i = 0; i < y.length; i++) y[i] = y[i]! + scale * from[i]!;
};
