import { type Complex, minus, modulus, over } from "./complex";
import { evaluateExact, evaluateNumeric, freeNames } from "./evaluate-expression";
import type { Expression } from "./expression";
import { add, divide, formatRational, negate, type Rational, rational, toNumber } from "./rational";

/** A key, and how it was found. */
export interface ValueKey {
  readonly key: string;
  readonly method: "exact" | "numeric";
}

/** Digits of a number that survive rounding errors. */
const digits = 10;
/** Relative size below which a difference is a rounding error. */
const rounding = 1e-12;
const pointCount = 6;
const pointDenominator = 1024;

/** A name's value at a point, ±[0.5, 2.5], by its letters alone: the same in every expression. */
function nameAt(name: string, index: number): Rational {
  let hash = 2166136261 + index;
  for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0)!, 16777619) >>> 0;
  const fraction = ((hash % 65536) / 65536 + (index + 1) * 0.6180339887498949) % 1;
  const size = Math.round((0.5 + 2 * fraction) * pointDenominator);
  return rational(BigInt((hash + index) % 2 === 0 ? size : -size), BigInt(pointDenominator))!;
}

/**
 * The fraction that a computed value stands for, where there is one: `√4 · 1/3` comes out as 2/3. Denominators are so
 * small that an irrational number within the rounding error of one is improbable (1 in 1,000).
 */
function nearFraction(value: number): Rational | undefined {
  const size = Math.max(1, Math.abs(value));
  const largest = Math.min(1000, Math.sqrt(1e9 / size));
  let [numerator, denominator, previousNumerator, previousDenominator] = [1, 0, 0, 1];
  let rest = value;
  while (Number.isFinite(rest)) {
    const whole = Math.floor(rest);
    [numerator, previousNumerator] = [whole * numerator + previousNumerator, numerator];
    [denominator, previousDenominator] = [whole * denominator + previousDenominator, denominator];
    if (denominator > largest || Math.abs(numerator) > Number.MAX_SAFE_INTEGER) return undefined;
    if (Math.abs(value - numerator / denominator) <= rounding * size)
      return rational(BigInt(numerator), BigInt(denominator));
    rest = 1 / (rest - whole);
  }
  return undefined;
}

const decimal = (value: number): string => {
  const text = value.toPrecision(digits);
  return Number(text) === 0 ? "0" : text;
};

function numericKey([real, imaginary]: Complex): string | undefined {
  if (imaginary === 0 && Math.abs(real) === Number.POSITIVE_INFINITY)
    return real > 0 ? "inf" : "-inf";
  if (!Number.isFinite(real) || !Number.isFinite(imaginary)) return undefined;
  const least = rounding * Math.max(1, Math.hypot(real, imaginary));
  const part = (value: number) => {
    const found = Math.abs(value) <= least ? rational(0n) : nearFraction(value);
    return found ? formatRational(found) : `~${decimal(value)}`;
  };
  return Math.abs(imaginary) <= least ? part(real) : `${part(real)}+${part(imaginary)}i`;
}

/** Exact values at the points; undefined unless all are exact. */
function exactly(expression: Expression, names: readonly string[]): Rational[] | undefined {
  const found: Rational[] = [];
  for (let at = 0; at < pointCount; at++) {
    const value = evaluateExact(expression, new Map(names.map((name) => [name, nameAt(name, at)])));
    if (!value) return undefined;
    found.push(value);
  }
  return found;
}

function numerically(expression: Expression, names: readonly string[]): Complex[] {
  return Array.from({ length: pointCount }, (_, at) =>
    evaluateNumeric(expression, new Map(names.map((name) => [name, toNumber(nameAt(name, at))]))),
  );
}

const allEqual = (keys: readonly string[]) => keys.every((key) => key === keys[0]);

/** A value at a point to ten digits, so that it is the same however it was computed; `?` where there is none. */
function pointKey([real, imaginary]: Complex): string {
  if (!Number.isFinite(real) || !Number.isFinite(imaginary)) return "?";
  const least = rounding * Math.max(1, modulus([real, imaginary]));
  const part = (value: number) => (Math.abs(value) <= least ? "0" : decimal(value));
  return Math.abs(imaginary) <= least ? part(real) : `${part(real)}+${part(imaginary)}i`;
}

function functionKey(values: readonly Complex[]): string | undefined {
  const keys = values.map(pointKey);
  return keys.filter((key) => key !== "?").length < 4 ? undefined : `f(${keys.join(";")})`;
}

/**
 * A key that is the same for expressions of the same value: the exact fraction; else ten digits, where a value within
 * 10⁻¹² of a small fraction is that fraction; for an expression with unknowns the values at six fixed points, where the
 * value of an unknown depends on its name alone.
 *
 * @returns undefined for an expression without finite values
 */
export function valueKey(expression: Expression): ValueKey | undefined {
  const names = [...freeNames(expression)];
  const exact = exactly(expression, names);
  if (exact) {
    const keys = exact.map(formatRational);
    const isConstant = names.length === 0 || allEqual(keys);
    const key = isConstant ? keys[0] : functionKey(exact.map((value) => [toNumber(value), 0]));
    return { key: key!, method: "exact" };
  }
  const values = numerically(expression, names);
  const keys = values.map(numericKey);
  const isConstant = keys[0] !== undefined && (names.length === 0 || allEqual(keys as string[]));
  const key = isConstant ? keys[0] : functionKey(values);
  return key === undefined ? undefined : { key, method: "numeric" };
}

/**
 * A key that is the same for the equations `left = right` of the same curve up to a factor: the difference of the sides at
 * the fixed points, divided by its first value.
 *
 * @returns undefined where the difference has no unknown, vanishes or has no finite values
 */
export function equationKey(left: Expression, right: Expression): ValueKey | undefined {
  const names = [...freeNames(right, freeNames(left))];
  if (names.length === 0) return undefined;
  const [a, b] = [exactly(left, names), exactly(right, names)];
  if (a && b) {
    const differences = a.map((value, i) => add(value, negate(b[i]!)));
    const ratios = differences.map((value) => divide(value, differences[0]!));
    if (ratios.some((ratio) => !ratio)) return undefined;
    const key = functionKey(ratios.map((ratio) => [toNumber(ratio!), 0]));
    return { key: `${key}=0`, method: "exact" };
  }
  const [x, y] = [numerically(left, names), numerically(right, names)];
  const differences = x.map((value, i) => minus(value, y[i]!));
  const key = functionKey(differences.map((value) => over(value, differences[0]!)));
  return key === undefined ? undefined : { key: `${key}=0`, method: "numeric" };
}
