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

/** Multiples of the smallest round step that gives at most so many ticks. */
function evenTicks(low: number, high: number, most: number): number[] {
  const power = Math.floor(Math.log10(high - low)) - 1;
  const steps = [1, 2, 5, 10, 20, 50, 100].map((step) => step * 10 ** power);
  const within = (step: number) => Math.floor(high / step) - Math.ceil(low / step) + 1;
  const step = steps.find((one) => within(one) <= most)!;
  const first = Math.ceil(low / step);
  const round = (x: number) => Number(x.toPrecision(6));
  return Array.from({ length: within(step) }, (_, i) => round((first + i) * step));
}

/** The first of every n entries, with n so large that at most `most` are left. */
const thinned = (list: readonly number[], most: number) =>
  list.filter((_, i) => i % Math.ceil(list.length / most) === 0);

/** Values that name their own places: few, of at most two digits, such as powers of two. */
const namePlaces = (values: readonly number[], most: number) =>
  values.length > 1 &&
  values.length <= 2 * most &&
  values.every((value) => Number(value.toPrecision(2)) === value);

/**
 * Ticks of a logarithmic axis: the values where they are few and round, even steps within one power of ten, else 1, 2 and 5 times
 * powers of ten where there is room, or fewer of them. Undefined without a positive value.
 */
export function logTicks(values: readonly number[], most: number): number[] | undefined {
  const positive = [...new Set(values.filter((value) => value > 0))].sort((a, b) => a - b);
  if (positive.length === 0) return undefined;
  if (namePlaces(positive, most)) return thinned(positive, most);
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  if (high < 10 * low) return high > low ? evenTicks(low, high, most) : [low];
  const [first, last] = [low, high].map((x) => Math.floor(Math.log10(x)));
  const powers = Array.from({ length: last! - first! + 2 }, (_, i) => first! + i);
  const sets = [[1, 2, 5], [1, 3], [1]].map((steps) =>
    powers.flatMap((power) => steps.map((step) => Number(`${step}e${power}`))),
  );
  const inside = sets.map((all) => all.filter((x) => x >= low * 0.97 && x <= high * 1.03));
  return inside.find((all) => all.length <= most) ?? thinned(inside.at(-1)!, most);
}

/** A name shortened in its middle to this many letters; the numbers of the chart have it in full. */
export function shorten(name: string, letters: number): string {
  if (name.length <= letters) return name;
  const end = Math.floor(letters / 3);
  return `${name.slice(0, letters - 1 - end).trimEnd()}…${name.slice(-end).trimStart()}`;
}
