import { fail } from "../errors";
import { scaled } from "./accepts";
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

function bound(keywords: Readonly<Record<string, unknown>>, name: string, path: string) {
  const value = keywords[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value))
    return fail("ERR_ARGUMENT", `jsonSchema: ${path}/${name}: must be a number`, { path });
  return value;
}

/**
 * The node of `number` or `integer` with its bounds. Decimals are compared in whole units of 10^−15; as rounding to a number
 * keeps their order, a decimal within the bounds is a number within them.
 */
export function numberNode(
  nodes: NodeStore,
  type: "number" | "integer",
  keywords: Readonly<Record<string, unknown>>,
  path: string,
): Node {
  const names = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] as const;
  const [min, above, max, below] = names.map((name) => bound(keywords, name, path));
  const isInteger = type === "integer";
  if ([min, above, max, below].every((one) => one === undefined))
    return nodes.number(path, isInteger);
  const scale = isInteger ? 0 : FRACTION;
  const most = isInteger ? SAFE : mostDecimal * 10n ** BigInt(FRACTION);
  const lows = [min, above === undefined ? undefined : beyond(above, true)];
  const highs = [max, below === undefined ? undefined : beyond(below, false)];
  let low = -most;
  let high = most;
  for (const value of lows) {
    if (value === undefined) continue;
    const { floor, isExact } = scaled(value, scale);
    const least = isExact ? floor : floor + 1n;
    if (least > low) low = least;
  }
  for (const value of highs) {
    if (value === undefined) continue;
    const { floor } = scaled(value, scale);
    if (floor < high) high = floor;
  }
  return nodes.range(path, { low, high, scale });
}
