import { realMinus } from "./numbers";

/** 12k, 3.5M: thousands and millions short. */
function short(x: number): string {
  const [size, unit] =
    Math.abs(x) >= 1e9 ? [1e9, "G"] : Math.abs(x) >= 1e6 ? [1e6, "M"] : [1e3, "k"];
  return `${Number((x / size).toPrecision(6))}${unit}`;
}

/** A number beside an axis: 0.01, 250, 20k, 3M, 1e-7. */
export function tickText(x: number): string {
  const size = Math.abs(x);
  if (size >= 1e12 || (size > 0 && size < 1e-5))
    return realMinus(x.toExponential().replace("e+", "e"));
  return realMinus(size >= 10_000 ? short(x) : String(Number(x.toPrecision(6))));
}

/** Places that an axis can name without running them into each other. */
const MOST = 12;

/**
 * Whole numbers for an axis of quantities that are whole and lie close together, such as layers or rounds: one tick per
 * number. Undefined where the axis may choose.
 */
export function wholeTicks(values: readonly number[], most = MOST): number[] | undefined {
  if (values.length === 0 || !values.every(Number.isSafeInteger)) return undefined;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (high - low >= most) return undefined;
  return Array.from({ length: high - low + 1 }, (_, i) => low + i);
}

/** A name shortened in its middle to this many letters; the numbers of the chart have it in full. */
export function shorten(name: string, letters: number): string {
  if (name.length <= letters) return name;
  const end = Math.floor(letters / 3);
  return `${name.slice(0, letters - 1 - end).trimEnd()}…${name.slice(-end).trimStart()}`;
}
