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

/** The exact value of a plain decimal such as `-12.50`, undefined for other text and for more than 400 characters. */
export function decimalToRational(text: string): Rational | undefined {
  if (text.length > longestNumber) return undefined;
  const match = /^([-+]?)(\d*)\.?(\d*)$/.exec(text);
  if (!match || match[2]! + match[3]! === "") return undefined;
  const value = BigInt(match[2]! + match[3]!);
  return rational(match[1] === "-" ? -value : value, 10n ** BigInt(match[3]!.length));
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

/** True where |a − b| ≤ 10⁻⁶, compared exactly. */
export function isClose(a: Rational, b: Rational): boolean {
  const { numerator, denominator } = add(a, negate(b));
  return (numerator < 0n ? -numerator : numerator) * 1_000_000n <= denominator;
}
