/** With a minus sign instead of a hyphen. */
export const realMinus = (text: string) => text.replace("-", "−");

/** 2,182,272 */
export const whole = (n: number): string =>
  realMinus(n.toLocaleString("en-US", { maximumFractionDigits: 0 }));

/** Decimals of a number of about four digits. */
const placesOf = (size: number): number => {
  if (size >= 1000) return 0;
  return size >= 100 ? 1 : size >= 10 ? 2 : 3;
};

const fixed = (x: number, places: number): string =>
  places === 0 ? whole(x) : realMinus(x.toFixed(places)).replace(/^−(?=[0.]+$)/, "");

/** About four digits and a real minus sign: 12,345, 12.34, 1.234, −0.012, 0.00012. */
export function decimal(x: number): string {
  const size = Math.abs(x);
  return size > 0 && size < 0.001 ? realMinus(x.toPrecision(2)) : fixed(x, placesOf(size));
}

/** +0.123 or −0.123, without a sign where nothing but zeros is left. */
export const signed = (x: number): string => {
  const text = decimal(Math.abs(x));
  return /[1-9]/.test(text) ? `${x < 0 ? "−" : "+"}${text}` : text;
};

/** Numbers that belong together, such as a mean and the ends of its interval, with the decimals of the largest. */
export function decimals(numbers: readonly number[]): string[] {
  const largest = Math.max(...numbers.map(Math.abs));
  if (largest < 0.001) return numbers.map(decimal);
  return numbers.map((x) => fixed(x, placesOf(largest)));
}

/** The ends of what a value can be, such as 0 and 100 of a share in percent. */
export type Bounds = readonly [least: number, most: number];

/** An interval cut off where its values end. */
export const within = ([low, high]: Bounds, bounds: Bounds | undefined): Bounds =>
  bounds ? [Math.max(low, bounds[0]), Math.min(high, bounds[1])] : [low, high];

/** A mean with its 95 % interval; null where that is unknown. */
export interface Spread {
  mean: number;
  interval: Bounds | null;
}

/** Most decimals that a narrow interval adds to its mean. */
const FINEST = 5;

/**
 * 2.134 (2.110 to 2.158), with decimals enough to show the interval, or the mean alone where nothing varies.
 * @param bounds where the interval is cut off
 */
export function spread({ mean, interval }: Spread, bounds?: Bounds): string {
  const half = interval ? (interval[1] - interval[0]) / 2 : 0;
  if (!interval || half <= 0) return decimal(mean);
  const toShow = Math.min(FINEST, Math.ceil(-Math.log10(half)));
  const places = Math.max(placesOf(Math.max(...interval.map(Math.abs))), toShow);
  const [own, low, high] = [mean, ...within(interval, bounds)].map((x) => fixed(x, places));
  return `${own} (${low} to ${high})`;
}

/** 0.042, < 0.001, or – for none. */
export function pValue(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}
