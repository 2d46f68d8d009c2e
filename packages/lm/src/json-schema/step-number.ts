import type { FreeNumber } from "./nodes";

/** Parts of a number without bounds. */
export const NUMBER = {
  begin: 0,
  minus: 1,
  zero: 2,
  whole: 3,
  point: 4,
  fraction: 5,
  e: 6,
  sign: 7,
  exponent: 8,
  lastExponent: 9,
  /** Those after which it may end. */
  complete: [2, 3, 5, 8, 9] as readonly number[],
} as const;

/** Digits before and after the point; an exponent has up to two. */
const MOST_DIGITS = 15;

/** The part after a character, and its digits so far; null if it may not stand there. */
export function nextNumber(
  { isInteger }: FreeNumber,
  phase: number,
  digits: number,
  byte: number,
): { phase: number; at: number } | null {
  const character = String.fromCharCode(byte);
  const isDigit = character >= "0" && character <= "9";
  const to = (next: number, at = 0) => ({ phase: next, at });
  switch (phase) {
    case NUMBER.begin:
    case NUMBER.minus:
      if (character === "-" && phase === NUMBER.begin) return to(NUMBER.minus);
      if (!isDigit) return null;
      return character === "0" ? to(NUMBER.zero) : to(NUMBER.whole, 1);
    case NUMBER.whole:
      if (isDigit) return digits < MOST_DIGITS ? to(NUMBER.whole, digits + 1) : null;
      break;
    case NUMBER.point:
      return isDigit ? to(NUMBER.fraction, 1) : null;
    case NUMBER.fraction:
      if (isDigit) return digits < MOST_DIGITS ? to(NUMBER.fraction, digits + 1) : null;
      break;
    case NUMBER.e:
      if (character === "-" || character === "+") return to(NUMBER.sign);
      return isDigit ? to(NUMBER.exponent) : null;
    case NUMBER.sign:
      return isDigit ? to(NUMBER.exponent) : null;
    case NUMBER.exponent:
      return isDigit ? to(NUMBER.lastExponent) : null;
    case NUMBER.lastExponent:
      return null;
  }
  if (isInteger) return null;
  if (character === "." && phase !== NUMBER.fraction) return to(NUMBER.point);
  return character === "e" || character === "E" ? to(NUMBER.e) : null;
}

/** Characters that complete a number. */
export const numberCost = (phase: number): number => (NUMBER.complete.includes(phase) ? 0 : 1);
