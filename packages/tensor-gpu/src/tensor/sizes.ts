/** @file Checks of the numbers and shapes that callers pass, all O(1) or O(rank). Operators call them before a kernel runs. */
import { fail } from "../errors";

/** The largest size, stride or index: kernels count in int32. */
export const LARGEST_SIZE = 2 ** 31 - 1;

/** The value that was received, in readable form. */
export function showValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(showValue).join(", ")}]`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null)
    return value.constructor?.name === "Object" || !value.constructor
      ? "an object"
      : `a value of type ${value.constructor.name}`;
  return String(value);
}

function refuse(op: string, name: string, expected: string, value: unknown): never {
  fail("ERR_RANGE", `${op}: ${name} must be ${expected}, got ${showValue(value)}`, {
    op,
    name,
    value,
  });
}

/**
 * A whole number from `least` to `most`: a size, count, stride, padding or position.
 * @throws {TensorError} `ERR_RANGE`
 */
export function assertWhole(
  op: string,
  name: string,
  value: unknown,
  {
    least = 0,
    most = LARGEST_SIZE,
  }: { least?: number | undefined; most?: number | undefined } = {},
): asserts value is number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return;
  const range = most === LARGEST_SIZE ? `of at least ${least}` : `from ${least} to ${most}`;
  refuse(op, name, `a whole number ${range}`, value);
}

/** A size: a whole number from 0 to 2³¹ − 1. @throws {TensorError} `ERR_RANGE` */
export function assertSize(op: string, name: string, value: unknown): asserts value is number {
  assertWhole(op, name, value);
}

/** A list of whole numbers, at least `least` each. @throws {TensorError} `ERR_RANGE` */
export function assertWholes(
  op: string,
  name: string,
  values: unknown,
  options: { least?: number | undefined; most?: number | undefined } = {},
): asserts values is readonly number[] {
  if (!isList(values)) refuse(op, name, "an array of whole numbers", values);
  const { least = 0, most = LARGEST_SIZE } = options;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isInteger(value) || value < least || value > most)
      assertWhole(op, `${name}[${i}]`, value, options);
  }
}

/** A number that is not NaN; infinities are allowed. @throws {TensorError} `ERR_RANGE` */
export function assertNumber(op: string, name: string, value: unknown): asserts value is number {
  if (typeof value !== "number" || Number.isNaN(value)) refuse(op, name, "a number", value);
}

/**
 * A finite number from `least` to `most`.
 * @param options.below excludes `most` itself
 * @throws {TensorError} `ERR_RANGE`
 */
export function assertFinite(
  op: string,
  name: string,
  value: unknown,
  {
    least = -Infinity,
    most = Infinity,
    below = false,
  }: { least?: number | undefined; most?: number | undefined; below?: boolean | undefined } = {},
): asserts value is number {
  const number = value as number;
  if (Number.isFinite(value) && number >= least && (below ? number < most : number <= most)) return;
  const from = least === -Infinity ? "" : ` of at least ${least}`;
  const to = most === Infinity ? "" : `${from && " and"} ${below ? "below" : "at most"} ${most}`;
  refuse(op, name, `a finite number${from}${to}`, value);
}

/** One of a few names. @throws {TensorError} `ERR_RANGE` */
export function assertOneOf<T extends string>(
  op: string,
  name: string,
  value: unknown,
  choices: readonly T[],
): asserts value is T {
  if (!choices.includes(value as T))
    refuse(op, name, `one of ${choices.map((choice) => `"${choice}"`).join(", ")}`, value);
}

/** A number that is an int32. */
export const isInt32 = (value: number): boolean => (value | 0) === value;

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/**
 * An array of sizes, whole numbers of at least 0, whose product is a safe integer. The allocator decides whether there
 * is room for them; without elements, each must still be one that kernels can count to.
 * @throws {TensorError} `ERR_SHAPE`
 */
export function assertShape(op: string, shape: unknown): asserts shape is readonly number[] {
  let size = 1;
  let largest = 0;
  if (Array.isArray(shape)) {
    for (let axis = 0; axis < shape.length; axis++) {
      const n = shape[axis];
      const isSize = Number.isSafeInteger(n) && n >= 0;
      size = isSize ? size * n : Number.NaN;
      if (isSize && n > largest) largest = n;
    }
    if (size <= Number.MAX_SAFE_INTEGER && (size > 0 || largest <= LARGEST_SIZE)) return;
  }
  fail(
    "ERR_SHAPE",
    `${op}: a shape must be an array of whole numbers of at least 0${size > 0 ? ", with at most 2^53 elements" : ""}, got ${showValue(shape)}`,
    { op, shape },
  );
}

/**
 * For allocators: a whole number of bytes.
 * @throws {TensorError} `ERR_RANGE`; the heap stays as it was
 */
export function assertByteLength(where: string, byteLength: unknown): asserts byteLength is number {
  if (!Number.isSafeInteger(byteLength) || (byteLength as number) < 0)
    fail(
      "ERR_RANGE",
      `${where}: cannot allocate ${showValue(byteLength)} bytes, expected a whole number of at least 0`,
      { byteLength },
    );
}
