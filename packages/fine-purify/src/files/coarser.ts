import type { StoredDtype } from "@deepgrain/tensor-gpu";
import type { Floats } from "../weights/weight-pairs";

/** Element types whose weights are purified: bytes, and what decides which of two is coarser. */
const kinds = {
  F64: { bytes: 8, digits: 53, lowest: -1022 },
  F32: { bytes: 4, digits: 24, lowest: -126 },
  F16: { bytes: 2, digits: 11, lowest: -14 },
  BF16: { bytes: 2, digits: 8, lowest: -126 },
} as const;

/** A type whose weights are purified. */
export type FloatDtype = keyof typeof kinds;

export const isFloatDtype = (dtype: StoredDtype): dtype is FloatDtype =>
  Object.hasOwn(kinds, dtype);

/** Bytes per element; 0 for what is not purified. */
export const floatBytes = (dtype: StoredDtype): number =>
  isFloatDtype(dtype) ? kinds[dtype].bytes : 0;

/** The type of fewer binary digits. */
export const coarserOf = (a: FloatDtype, b: FloatDtype): FloatDtype =>
  kinds[a].digits <= kinds[b].digits ? a : b;

/** Adding and subtracting it rounds a number below 2^51 to a whole one, ties to even. */
const TO_WHOLE = 1.5 * 2 ** 52;

/** ⌊log₂|x|⌋ of a number that is not 0. */
function exponentOf(x: number): number {
  const guess = Math.floor(Math.log2(Math.abs(x)));
  if (2 ** guess > Math.abs(x)) return guess - 1;
  return 2 ** (guess + 1) <= Math.abs(x) ? guess + 1 : guess;
}

/** The values as a file of the type stores them: rounded to the nearest, ties to even. What it holds already stays. */
export function roundedTo(values: Floats, dtype: FloatDtype): Floats {
  if (dtype === "F64") return values;
  if (dtype === "F32") return values instanceof Float32Array ? values : Float32Array.from(values);
  const { digits, lowest } = kinds[dtype];
  return Float32Array.from(values, (x) => {
    if (x === 0 || !Number.isFinite(x)) return x;
    const unit = 2 ** (Math.max(exponentOf(x), lowest) - digits + 1);
    const rounded = (x / unit + TO_WHOLE - TO_WHOLE) * unit;
    return dtype === "F16" && Math.abs(rounded) > 65504 ? Math.sign(x) * Infinity : rounded;
  });
}
