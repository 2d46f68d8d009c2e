import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { inWords, isWithin } from "@deepgrain/support";

/** A number's range; by default from 0. */
export interface Range {
  min?: number;
  max?: number;
  above?: number;
  below?: number;
}

/**
 * The number that a flag is given, checked as functions of packages check numbers, in the same words.
 * @throws {UsageError} for what is no such number
 */
export function readNumber(text: string, spelling: string, range: Range, isWhole: boolean): number {
  const bounds = range.above === undefined ? { min: 0, ...range } : range;
  const number = text.trim() === "" ? Number.NaN : Number(text);
  const isKind = isWhole ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (isKind && isWithin(number, bounds)) return number;
  const kind = isWhole ? "a whole number" : "a finite number";
  throw new UsageError(`${spelling} must be ${kind}${inWords(bounds)}, got "${text}"`);
}
