import type { DType } from "../backend/view";

const LARGEST = 2 ** 31 - 1;
const SMALLEST = -(2 ** 31);

/** Truncates towards zero. Values outside the int32 range are clamped to it, and NaN becomes 0. */
const toInt32 = (x: number) =>
  x >= LARGEST ? LARGEST : x <= SMALLEST ? SMALLEST : Number.isNaN(x) ? 0 : Math.trunc(x);

/** Returns the function that converts a number to an element of `dtype`. */
export function converterTo(dtype: DType): (x: number) => number {
  if (dtype === "bool") return (x) => (x !== 0 ? 1 : 0);
  return dtype === "int32" ? toInt32 : (x) => x;
}
