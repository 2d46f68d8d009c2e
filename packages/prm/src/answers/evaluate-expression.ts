import {
  type Complex,
  cosine,
  exponential,
  logarithm,
  minus,
  modulus,
  over,
  plus,
  raise,
  sine,
  squareRoot,
  times,
} from "./complex";
import type { Expression } from "./expression";
import { add, decimalToRational, divide, multiply, negate, power, type Rational } from "./rational";

/** The exact value of an expression of integers, fractions and names with values; undefined if it is not rational. */
export function evaluateExact(
  expression: Expression,
  values?: ReadonlyMap<string, Rational>,
): Rational | undefined {
  if (expression.kind === "number") return decimalToRational(expression.raw);
  if (expression.kind === "name") return values?.get(expression.name);
  if (expression.kind === "negate") {
    const value = evaluateExact(expression.of, values);
    return value && negate(value);
  }
  if (expression.kind !== "binary") return undefined;
  const left = evaluateExact(expression.left, values);
  const right = left && evaluateExact(expression.right, values);
  if (!left || !right) return undefined;
  if (expression.operator === "+") return add(left, right);
  if (expression.operator === "-") return add(left, negate(right));
  if (expression.operator === "*") return multiply(left, right);
  return expression.operator === "/" ? divide(left, right) : power(left, right);
}

const notANumber: Complex = [Number.NaN, Number.NaN];

function factorial([value, imaginary]: Complex): Complex {
  if (imaginary !== 0 || !Number.isInteger(value) || value < 0 || value > 170) return notANumber;
  let product = 1;
  for (let i = 2; i <= value; i++) product *= i;
  return [product, 0];
}

/** A function that is evaluated for real arguments alone. */
const real =
  (of: (value: number) => number) =>
  ([value, imaginary]: Complex): Complex =>
    imaginary === 0 ? [of(value), 0] : notANumber;

const one: Complex = [1, 0];

const calls: Readonly<Record<string, (value: Complex) => Complex>> = {
  sqrt: squareRoot,
  cbrt: (a) => (a[1] === 0 ? [Math.cbrt(a[0]), 0] : raise(a, [1 / 3, 0])),
  sin: sine,
  cos: cosine,
  tan: (a) => over(sine(a), cosine(a)),
  cot: (a) => over(cosine(a), sine(a)),
  sec: (a) => over(one, cosine(a)),
  csc: (a) => over(one, sine(a)),
  arcsin: real(Math.asin),
  arccos: real(Math.acos),
  arctan: real(Math.atan),
  ln: logarithm,
  exp: exponential,
  abs: (a) => [modulus(a), 0],
  factorial,
};

const operators = { "+": plus, "-": minus, "*": times, "/": over, "**": raise };
const constants: Readonly<Record<string, Complex>> = {
  pi: [Math.PI, 0],
  e: [Math.E, 0],
  i: [0, 1],
  inf: [Number.POSITIVE_INFINITY, 0],
};

/** The value of an expression in floating point; not finite if it has none. */
export function evaluateNumeric(
  expression: Expression,
  values: ReadonlyMap<string, number>,
): Complex {
  switch (expression.kind) {
    case "number":
      return [Number(expression.raw), 0];
    case "name": {
      const value = values.get(expression.name);
      return value === undefined ? (constants[expression.name] ?? notANumber) : [value, 0];
    }
    case "negate":
      return minus([0, 0], evaluateNumeric(expression.of, values));
    case "call":
      return calls[expression.name]!(evaluateNumeric(expression.of, values));
    case "binary":
      return operators[expression.operator](
        evaluateNumeric(expression.left, values),
        evaluateNumeric(expression.right, values),
      );
  }
}

/** Names in an expression that stand for unknown numbers. */
export function freeNames(expression: Expression, into = new Set<string>()): Set<string> {
  if (expression.kind === "name" && !(expression.name in constants)) into.add(expression.name);
  if (expression.kind === "negate" || expression.kind === "call") freeNames(expression.of, into);
  if (expression.kind === "binary") {
    freeNames(expression.left, into);
    freeNames(expression.right, into);
  }
  return into;
}
