import type { DType } from "../backend/view";

/** Formats an exponent as Python does: at least two digits (`1.0000e-04`). */
const scientific = (value: number, precision: number): string =>
  value.toExponential(precision).replace(/e([+-])(\d)$/, "e$10$2");

const special = (value: number): string =>
  Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

/** How the finite numbers of one tensor are written, so that all have one form. */
function floatText(values: ArrayLike<number>, precision: number): (value: number) => string {
  let [least, most, isWhole] = [Number.POSITIVE_INFINITY, 0, true];
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size === 0 || !Number.isFinite(size)) continue;
    least = Math.min(least, size);
    most = Math.max(most, size);
    if (!Number.isInteger(size)) isWhole = false;
  }
  const isWide = most / least > 1000 || most > 1e8;
  if (isWide || (!isWhole && least < 1e-4)) return (value) => scientific(value, precision);
  if (isWhole) return (value) => `${Object.is(value, -0) ? "-0" : value}.`;
  return (value) => (Object.is(value, -0) ? "-" : "") + value.toFixed(precision);
}

/**
 * The numbers of a tensor as PyTorch writes them: whole floats as `1.`, others with `precision` digits, all in scientific
 * notation where their magnitudes differ widely (a factor of 1000, above 1e8 or below 1e-4); padded to the width of the widest
 * number other than zero, NaN and infinities.
 */
export function numberTexts(
  values: ArrayLike<number>,
  dtype: DType,
  precision: number,
): readonly string[] {
  const finite = dtype === "float32" ? floatText(values, precision) : String;
  const text = (value: number): string => {
    if (dtype === "bool") return value ? "true" : "false";
    return Number.isFinite(value) ? finite(value) : special(value);
  };
  const texts = Array.from(values, text);
  const counts = (value: number) => dtype !== "float32" || (value !== 0 && Number.isFinite(value));
  const width = texts.reduce(
    (w, { length }, i) => (counts(values[i]!) ? Math.max(w, length) : w),
    0,
  );
  return texts.map((one) => one.padStart(width));
}
