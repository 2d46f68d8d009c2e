import type { DType } from "../backend/view";
import { fail } from "../errors";
import { isInt32, showValue } from "./sizes";

function isNumeric(data: unknown): data is ArrayLike<number> {
  if (Array.isArray(data)) return true;
  if (!ArrayBuffer.isView(data) || data instanceof DataView) return false;
  return !(data instanceof BigInt64Array || data instanceof BigUint64Array);
}

/** Whether every number that the array can hold is an element of the type. */
const fitsAlways = (dtype: DType, data: object): boolean =>
  dtype === "int32" ? data instanceof Int32Array : ArrayBuffer.isView(data);

/**
 * A flat list of numbers (or booleans) that `dtype` can hold; int32 takes no fractions, no NaN and nothing beyond 2³¹.
 * @throws {TensorError} `ERR_ARGUMENT` for what is not such a list, `ERR_RANGE` naming the first number that does not fit
 */
export function assertElements(
  op: string,
  dtype: DType,
  data: unknown,
): asserts data is ArrayLike<number> {
  if (!isNumeric(data))
    fail("ERR_ARGUMENT", `${op}: expected an array of numbers, got ${showValue(data)}`, { op });
  if (fitsAlways(dtype, data)) return;
  for (let i = 0; i < data.length; i++) {
    const value: unknown = data[i];
    const isNumber = typeof value === "number" || typeof value === "boolean";
    if (isNumber && (dtype !== "int32" || isInt32(Number(value)))) continue;
    fail(
      isNumber ? "ERR_RANGE" : "ERR_ARGUMENT",
      `${op}: the element at position ${i} must be ${dtype === "int32" ? "an int32" : "a number"}, got ${showValue(value)}`,
      { op, position: i },
    );
  }
}

/** One number that `dtype` can hold; booleans count as 0 and 1. @throws {TensorError} as `assertElements` */
export function assertElement(
  op: string,
  name: string,
  dtype: DType,
  value: unknown,
): asserts value is number {
  const isNumber = typeof value === "number" || typeof value === "boolean";
  if (isNumber && (dtype !== "int32" || isInt32(Number(value)))) return;
  fail(
    isNumber ? "ERR_RANGE" : "ERR_ARGUMENT",
    `${op}: ${name} must be ${dtype === "int32" ? "an int32" : "a number"}, got ${showValue(value)}`,
    { op, name },
  );
}
