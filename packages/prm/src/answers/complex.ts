/** A complex number as [real, imaginary]. */
export type Complex = readonly [number, number];

/** `a + b`. */
export const plus = (a: Complex, b: Complex): Complex => [a[0] + b[0], a[1] + b[1]];

/** `a − b`. */
export const minus = (a: Complex, b: Complex): Complex => [a[0] - b[0], a[1] - b[1]];

/** `a · b`. */
export const times = (a: Complex, b: Complex): Complex => [
  a[0] * b[0] - a[1] * b[1],
  a[0] * b[1] + a[1] * b[0],
];

/** `a / b`; not finite for b = 0. */
export function over(a: Complex, b: Complex): Complex {
  const size = b[0] * b[0] + b[1] * b[1];
  return [(a[0] * b[0] + a[1] * b[1]) / size, (a[1] * b[0] - a[0] * b[1]) / size];
}

/** |a|. */
export const modulus = (a: Complex): number => Math.hypot(a[0], a[1]);

/** e^a. */
export const exponential = (a: Complex): Complex => [
  Math.exp(a[0]) * Math.cos(a[1]),
  a[1] === 0 ? 0 : Math.exp(a[0]) * Math.sin(a[1]),
];

/** Principal logarithm. */
export const logarithm = (a: Complex): Complex => [Math.log(modulus(a)), Math.atan2(a[1], a[0])];

function wholePower(base: Complex, exponent: number): Complex {
  let result: Complex = [1, 0];
  for (let i = 0; i < Math.abs(exponent); i++) result = times(result, base);
  return exponent < 0 ? over([1, 0], result) : result;
}

/** Principal value of `a^b`. */
export function raise(a: Complex, b: Complex): Complex {
  if (b[1] === 0 && Number.isInteger(b[0]) && Math.abs(b[0]) <= 64) return wholePower(a, b[0]);
  if (a[1] === 0 && b[1] === 0 && a[0] > 0) return [a[0] ** b[0], 0];
  if (modulus(a) === 0) return b[0] > 0 ? [0, 0] : [Number.NaN, Number.NaN];
  return exponential(times(b, logarithm(a)));
}

const half: Complex = [0.5, 0];

/** Principal square root. */
export function squareRoot(a: Complex): Complex {
  if (a[1] !== 0) return raise(a, half);
  return a[0] >= 0 ? [Math.sqrt(a[0]), 0] : [0, Math.sqrt(-a[0])];
}

/** sin a. */
export const sine = ([x, y]: Complex): Complex => [
  Math.sin(x) * Math.cosh(y),
  Math.cos(x) * Math.sinh(y),
];

/** cos a. */
export const cosine = ([x, y]: Complex): Complex => [
  Math.cos(x) * Math.cosh(y),
  -Math.sin(x) * Math.sinh(y),
];
