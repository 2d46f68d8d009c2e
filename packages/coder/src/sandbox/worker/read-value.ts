import type { QuickJSContext, QuickJSHandle } from "quickjs-emscripten-core";

/** Deepest nesting, most parts, and most UTF-16 units in all texts, of a value that is compared. */
const DEPTH = 64;
const PARTS = 100_000;
const TEXT = 2 ** 24;

/** Functions of the realm, captured before the program could change them. */
export interface Intrinsics {
  readonly isArray: QuickJSHandle;
  readonly keys: QuickJSHandle;
}

/** Captures them. Call it before the program runs. */
export function captureIntrinsics(context: QuickJSContext): Intrinsics {
  const take = (code: string) => context.unwrapResult(context.evalCode(code));
  return { isArray: take("Array.isArray"), keys: take("Object.keys") };
}

/** Thrown where a value cannot be read: it threw, is nested too deep, or is too large. */
export class Unreadable {
  constructor(readonly reason: string) {}
}

/**
 * Reads a value from outside, by type: numbers, texts, booleans, null, undefined, bigints, arrays, and objects by their own
 * enumerable keys. Nothing that the program defines, such as `toJSON`, takes part.
 *
 * @throws {Unreadable} for functions, symbols, and values that resist
 */
export function readValue(
  context: QuickJSContext,
  handle: QuickJSHandle,
  { isArray, keys }: Intrinsics,
): unknown {
  let parts = 0;
  let units = 0;
  const call = (target: QuickJSHandle, value: QuickJSHandle) => {
    const result = context.callFunction(target, context.undefined, value);
    if (result.error) throw new Unreadable("reading it throws");
    return result.value;
  };
  const property = (value: QuickJSHandle, key: string | number) => {
    try {
      return context.getProp(value, key);
    } catch {
      throw new Unreadable("reading it throws");
    }
  };
  const text = (value: QuickJSHandle): string => {
    const own = context.getString(value);
    units += own.length;
    if (units > TEXT) throw new Unreadable("its texts are too long");
    return own;
  };
  const list = (value: QuickJSHandle, depth: number): unknown[] => {
    const count = context.getNumber(property(value, "length"));
    if (!Number.isInteger(count) || count > PARTS) throw new Unreadable("it has too many parts");
    return Array.from({ length: count }, (_, i) => read(property(value, i), depth + 1));
  };
  const record = (value: QuickJSHandle, depth: number): unknown => {
    const names = list(call(keys, value), depth) as string[];
    return Object.fromEntries(names.map((name) => [name, read(property(value, name), depth + 1)]));
  };
  function read(value: QuickJSHandle, depth: number): unknown {
    if (++parts > PARTS) throw new Unreadable("it has too many parts");
    if (depth > DEPTH) throw new Unreadable("it is nested too deep");
    switch (context.typeof(value)) {
      case "undefined":
        return undefined;
      case "number":
        return context.getNumber(value);
      case "string":
        return text(value);
      case "boolean":
        return context.eq(value, context.true);
      case "bigint":
        return context.getBigInt(value);
      case "object":
        if (context.eq(value, context.null)) return null;
        return context.eq(call(isArray, value), context.true)
          ? list(value, depth)
          : record(value, depth);
      default:
        throw new Unreadable(`it is a ${context.typeof(value)}`);
    }
  }
  return read(handle, 0);
}
