import { minus, modulus } from "./complex";
import { evaluateExact, evaluateNumeric, freeNames } from "./evaluate-expression";
import type { Expression } from "./expression";
import { parseExpression } from "./parse-expression";

/** How two answers were compared. */
export type EqualityMethod = "string" | "exact" | "numeric" | "cas";

/**
 * An external computer algebra system: true or false for equal or not, undefined where it cannot decide.
 * Both arguments are plain expressions such as `(x+1)^2`.
 */
export type AlgebraSystem = (a: string, b: string) => boolean | undefined;

const pointCount = 6;
const fewestPoints = 4;
const tolerance = 1e-9;

/** Points spread by the golden ratio over ±[0.5, 2.5]: away from 0 and small enough for powers. */
function point(index: number): number {
  const fraction = ((index + 1) * 0.6180339887498949) % 1;
  return (index % 2 === 0 ? 1 : -1) * (0.5 + 2 * fraction);
}

/** Compares at six points per unknown; undefined where fewer than four gave finite values. */
function equalAtPoints(a: Expression, b: Expression): boolean | undefined {
  const names = [...freeNames(b, freeNames(a))].sort();
  const count = names.length === 0 ? 1 : pointCount;
  let compared = 0;
  for (let at = 0; at < count; at++) {
    const values = new Map(names.map((name, i) => [name, point(at * names.length + i)]));
    const [x, y] = [evaluateNumeric(a, values), evaluateNumeric(b, values)];
    if (![...x, ...y].every(Number.isFinite)) continue;
    compared++;
    const scale = Math.max(1, modulus(x), modulus(y));
    if (modulus(minus(x, y)) > tolerance * scale) return false;
  }
  return compared >= Math.min(count, fewestPoints) ? true : undefined;
}

/** The released grader reads no bars of an absolute value. */
const parsed = (text: string) => (text.includes("|") ? undefined : parseExpression(text));

/**
 * Whether two plain expressions have the same value: exact fractions first, then floating-point values at six fixed points
 * per unknown (agreement within 10⁻⁹ relative), then the algebra system, if given.
 *
 * @returns `equal` and the `method` that decided; `equal` is undefined where none could
 */
export function equalExpressions(
  a: string,
  b: string,
  algebra?: AlgebraSystem,
): { equal: boolean | undefined; method: EqualityMethod } {
  const [left, right] = [parsed(a), parsed(b)];
  if (left && right) {
    const [x, y] = [evaluateExact(left), evaluateExact(right)];
    if (x && y)
      return {
        equal: x.numerator === y.numerator && x.denominator === y.denominator,
        method: "exact",
      };
    const equal = equalAtPoints(left, right);
    if (equal !== undefined) return { equal, method: "numeric" };
  }
  return { equal: algebra?.(a, b), method: algebra ? "cas" : "string" };
}
