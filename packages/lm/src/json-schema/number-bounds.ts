import { fail } from "../errors";
import { scaled } from "./accepts";
import { numberFormats } from "./automata/formats";
import { commonMultiple } from "./decimals";
import type { Own } from "./flatten";
import type { Node, NodeStore } from "./nodes";

/** Digits after the point where a decimal has bounds. */
const FRACTION = 15;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const mostDecimal = 10n ** 15n - 1n;

/** The nearest number beyond another one. */
function beyond(value: number, isUp: boolean): number {
  if (value === 0) return isUp ? Number.MIN_VALUE : -Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const number = new Float64Array(bits.buffer);
  number[0] = value;
  bits[0] = bits[0]! + (value > 0 === isUp ? 1n : -1n);
  return number[0];
}

function numberOf({ schema, path }: Own, name: string): number | undefined {
  const value = schema[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value))
    return fail("ERR_ARGUMENT", `jsonSchema: ${path}/${name}: must be a number`, { path });
  return value;
}

/** The bounds on one side: inclusive ones, and exclusive ones as the nearest number inside. */
function bounds(own: Own, isUp: boolean): number[] {
  const [name, exclusiveName] = isUp
    ? ["minimum", "exclusiveMinimum"]
    : ["maximum", "exclusiveMaximum"];
  const bound = numberOf(own, name!);
  const exclusive = own.schema[exclusiveName!];
  const found = bound === undefined ? [] : [bound];
  // In draft 4 it says whether the other bound is exclusive.
  if (typeof exclusive === "boolean")
    return exclusive ? found.map((one) => beyond(one, isUp)) : found;
  const other = numberOf(own, exclusiveName!);
  if (other !== undefined) found.push(beyond(other, isUp));
  return found;
}

/** `multipleOf` in units of 10^−15. */
function stepOf(own: Own): bigint | undefined {
  const value = numberOf(own, "multipleOf");
  if (value === undefined) return undefined;
  const { floor, isExact } = scaled(value, FRACTION);
  if (value <= 0 || !isExact)
    return fail(
      "ERR_ARGUMENT",
      `jsonSchema: ${own.path}/multipleOf: must be above 0, with up to ${FRACTION} digits after the point, got ${value}`,
      { path: own.path },
    );
  return floor;
}

/**
 * The node of `number` or `integer` with the words of some schemas. Decimals are compared in whole units of 10^−15; as rounding to a
 * number keeps their order, a decimal within the bounds is a number within them.
 */
export function numberNode(
  nodes: NodeStore,
  type: "number" | "integer",
  owns: readonly Own[],
  path: string,
): Node {
  const lows = owns.flatMap((own) => bounds(own, true));
  const highs = owns.flatMap((own) => bounds(own, false));
  const steps = owns.flatMap((own) => stepOf(own) ?? []);
  const formats = owns.flatMap(({ schema }) => numberFormats.get(schema.format as string) ?? []);
  for (const { minimum, maximum } of formats) {
    lows.push(minimum);
    highs.push(maximum);
  }
  const isInteger = type === "integer" || formats.length > 0;
  if (lows.length + highs.length + steps.length === 0) return nodes.number(path, isInteger);
  const scale = isInteger ? 0 : FRACTION;
  const most = isInteger ? SAFE : mostDecimal * 10n ** BigInt(FRACTION);
  let low = -most;
  let high = most;
  for (const value of lows) {
    const { floor, isExact } = scaled(value, scale);
    const least = isExact ? floor : floor + 1n;
    if (least > low) low = least;
  }
  for (const value of highs) {
    const { floor } = scaled(value, scale);
    if (floor < high) high = floor;
  }
  const unit = 10n ** BigInt(FRACTION);
  const first = isInteger && steps.length > 0 ? unit : 1n;
  const step = steps.reduce(commonMultiple, first) / (isInteger ? first : 1n);
  return nodes.range(path, { low, high, scale, step, isExact: formats.length === 0 });
}
