import type { ErrorClass, ErrorDetails } from "../errors/error-class";
import { optionsCheck, unknownCheck } from "../options/refuse-unknown";

/** Bounds of a number; each may be left out. */
export interface Bounds {
  /** The number is at least this. */
  readonly min?: number | undefined;
  /** The number is at most this. */
  readonly max?: number | undefined;
  /** The number is greater than this. */
  readonly above?: number | undefined;
  /** The number is less than this. */
  readonly below?: number | undefined;
}

/** A value as a message shows it: text in quotes, at most 60 characters. */
export function shown(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return "an array";
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

/** ` of at least 1 and below 8`, or ` from 1 to 8`; nothing without bounds. */
export function inWords({ min, max, above, below }: Bounds): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  const parts = [
    above !== undefined ? `above ${above}` : min !== undefined ? `of at least ${min}` : undefined,
    below !== undefined ? `below ${below}` : max !== undefined ? `of at most ${max}` : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}

/** Whether a number is within bounds. */
export const isWithin = (value: number, { min, max, above, below }: Bounds) =>
  (min === undefined || value >= min) &&
  (max === undefined || value <= max) &&
  (above === undefined || value > above) &&
  (below === undefined || value < below);

const list = (sizes: readonly number[]) =>
  `[${sizes.map((size) => (size < 0 ? "*" : size)).join(", ")}]`;

/**
 * The checks that a package's functions begin with; each throws the package's own error, and there is one wording per check.
 * `where` is the function as its users call it, `name` the argument.
 *
 * - `whole(where, name, value, bounds)`: a whole number within bounds (`ERR_RANGE`); returns it
 * - `real(where, name, value, bounds)`: a finite number within bounds (`ERR_RANGE`); returns it
 * - `oneOf(where, name, value, choices)`: one of the choices (`ERR_ARGUMENT`); returns it
 * - `shape(where, name, actual, expected)`: equal shapes, where −1 stands for any size (`ERR_SHAPE`)
 * - `finite(where, name, values)`: a list without NaN and infinities (`ERR_NOT_FINITE`)
 * - `optionsOf(where, options)`: an object (`ERR_ARGUMENT`); returns it
 * - `refuseUnknown(where, rest, names)`: nothing is left of the options (`ERR_ARGUMENT`)
 * - `fail(code, message, fields, cause)`: throws
 */
export function guards<Code extends string>(Own: ErrorClass<Code>) {
  const fail = (
    code: Code,
    message: string,
    fields: NonNullable<ErrorDetails["fields"]> = {},
    cause?: unknown,
  ): never => {
    throw new Own(code, message, { fields, cause });
  };
  const failAs = (code: string) => (message: string, fields: Readonly<Record<string, unknown>>) =>
    fail(code as Code, message, fields);
  const [argument, range, wrongShape] = [
    failAs("ERR_ARGUMENT"),
    failAs("ERR_RANGE"),
    failAs("ERR_SHAPE"),
  ];
  return {
    fail,
    optionsOf: optionsCheck(argument),
    refuseUnknown: unknownCheck(argument),
    whole(where: string, name: string, value: unknown, bounds: Bounds = {}): number {
      if (Number.isSafeInteger(value) && isWithin(value as number, bounds)) return value as number;
      return range(
        `${where}: ${name} must be a whole number${inWords(bounds)}, got ${shown(value)}`,
        {
          [name]: value,
        },
      );
    },
    real(where: string, name: string, value: unknown, bounds: Bounds = {}): number {
      if (Number.isFinite(value) && isWithin(value as number, bounds)) return value as number;
      return range(
        `${where}: ${name} must be a finite number${inWords(bounds)}, got ${shown(value)}`,
        {
          [name]: value,
        },
      );
    },
    oneOf<Choice>(where: string, name: string, value: unknown, choices: readonly Choice[]): Choice {
      if (choices.includes(value as Choice)) return value as Choice;
      return argument(
        `${where}: ${name} must be one of ${choices.join(", ")}, got ${shown(value)}`,
        {
          [name]: value,
        },
      );
    },
    shape(
      where: string,
      name: string,
      actual: readonly number[],
      expected: readonly number[],
    ): void {
      if (
        actual.length !== expected.length ||
        expected.some((size, axis) => size >= 0 && size !== actual[axis])
      )
        wrongShape(`${where}: ${name} must have shape ${list(expected)}, got ${list(actual)}`, {
          shape: actual,
          expected,
        });
    },
    finite(where: string, name: string, values: ArrayLike<number>): void {
      for (let i = 0; i < values.length; i++)
        if (!Number.isFinite(values[i]))
          failAs("ERR_NOT_FINITE")(
            `${where}: ${name}[${i}] must be a finite number, got ${shown(values[i])}`,
            { name, index: i, value: values[i] },
          );
    },
  };
}
