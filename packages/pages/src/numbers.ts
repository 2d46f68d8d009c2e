/** With a minus sign instead of a hyphen. */
export const realMinus = (text: string) => text.replace("-", "−");

/** 2,182,272 */
export const whole = (n: number): string =>
  realMinus(n.toLocaleString("en-US", { maximumFractionDigits: 0 }));

/** About four digits and a real minus sign: 12,345, 12.34, 1.234, −0.012, 0.00012. */
export function decimal(x: number): string {
  const size = Math.abs(x);
  if (size >= 1000) return whole(x);
  if (size > 0 && size < 0.001) return realMinus(x.toPrecision(2));
  return realMinus(size >= 100 ? x.toFixed(1) : x.toFixed(size >= 10 ? 2 : 3));
}

/** +0.123 or −0.123 */
export const signed = (x: number): string => (x < 0 ? decimal(x) : `+${decimal(x)}`);

/** A mean and how uncertain it is; null where that is unknown. */
export interface Spread {
  mean: number;
  standardError: number | null;
}

/** 2.134 ± 0.012, or the mean alone where nothing varies. */
export const spread = ({ mean, standardError }: Spread): string =>
  standardError ? `${decimal(mean)} ± ${decimal(standardError)}` : decimal(mean);

/** 0.042, < 0.001, or – for none. */
export function pValue(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}
