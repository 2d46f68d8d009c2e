/** An exact fraction in lowest terms; the denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const gcd = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
};

/** The fraction in lowest terms, undefined for a denominator of 0. */
export function rational(numerator: bigint, denominator = 1n): Rational | undefined {
  if (denominator === 0n) return undefined;
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = gcd(numerator, sign * denominator) || 1n;
  return {
    numerator: (sign * numerator) / divisor,
    denominator: (sign * denominator) / divisor,
  };
}

/** Maximum length of a number used in computations, in characters. */
const longestNumber = 400;

/** Largest power of ten in scientific notation. */
const largestPowerOfTen = 308;

/**
 * The exact value of a decimal such as `-12.50` or `1.5e3`, undefined for other text, for more than 400 characters and
 * for powers of ten beyond 308.
 */
export function decimalToRational(text: string): Rational | undefined {
  if (text.length > longestNumber) return undefined;
  const match = /^([-+]?)(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text);
  if (!match || match[2]! + match[3]! === "") return undefined;
  const [, sign, whole, decimals, exponent = "0"] = match;
  if (Math.abs(Number(exponent)) > largestPowerOfTen) return undefined;
  const digits = BigInt(whole! + decimals!);
  const shift = Number(exponent) - decimals!.length;
  const scale = 10n ** BigInt(Math.abs(shift));
  const value = sign === "-" ? -digits : digits;
  return shift < 0 ? rational(value, scale) : rational(value * scale);
}

/** `a + b`. */
export const add = (a: Rational, b: Rational): Rational =>
  rational(
    a.numerator * b.denominator + b.numerator * a.denominator,
    a.denominator * b.denominator,
  )!;

/** `a · b`. */
export const multiply = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.numerator, a.denominator * b.denominator)!;

/** `a / b`, undefined for b = 0. */
export const divide = (a: Rational, b: Rational): Rational | undefined =>
  rational(a.numerator * b.denominator, a.denominator * b.numerator);

/** `-a`. */
export const negate = (a: Rational): Rational => ({ ...a, numerator: -a.numerator });

const largestExponent = 64n;
const largestBits = 2048;
const isLarge = (value: bigint) => value.toString(16).length * 4 > largestBits;

/** `a^b` for integers `b` of magnitude at most 64; undefined otherwise or where the result would have too many digits. */
export function power(a: Rational, b: Rational): Rational | undefined {
  if (b.denominator !== 1n) return undefined;
  const exponent = b.numerator < 0n ? -b.numerator : b.numerator;
  if (exponent > largestExponent || isLarge(a.numerator) || isLarge(a.denominator))
    return undefined;
  const [top, bottom] = [a.numerator ** exponent, a.denominator ** exponent];
  return b.numerator < 0n ? rational(bottom, top) : rational(top, bottom);
}

/** `7/2`, or `3` for an integer. */
export const formatRational = ({ numerator, denominator }: Rational): string =>
  denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;

/** The nearest double, also of fractions whose terms are beyond a double's range. */
export function toNumber({ numerator, denominator }: Rational): number {
  const excess = Math.max(numerator.toString(16).length, denominator.toString(16).length) - 250;
  const shift = BigInt(Math.max(0, 4 * excess));
  return Number(numerator >> shift) / Number(denominator >> shift);
}

/** True where |a − b| ≤ 10⁻⁶, compared exactly. */
export function isClose(a: Rational, b: Rational): boolean {
  const { numerator, denominator } = add(a, negate(b));
  return (numerator < 0n ? -numerator : numerator) * 1_000_000n <= denominator;
}
