import { UsageError } from "./usage-error";

export interface NumberFlagOptions {
  min?: number;
  max?: number;
  /** Default true. */
  whole?: boolean;
}

/**
 * The number of a flag, or undefined where the flag is absent.
 * @throws {UsageError} when it is no number, or outside its range
 */
export function numberFlag(
  flag: string,
  value: string | undefined,
  { min = 0, max = Number.MAX_SAFE_INTEGER, whole = true }: NumberFlagOptions = {},
): number | undefined {
  if (value === undefined) return undefined;
  const number = value.trim() === "" ? Number.NaN : Number(value);
  if (number >= min && number <= max && (!whole || Number.isInteger(number))) return number;
  const kind = whole ? "a whole number" : "a number";
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new UsageError(`--${flag} must be ${kind} ${range}, got "${value}"`);
}
