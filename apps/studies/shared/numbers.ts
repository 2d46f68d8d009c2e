import type { Quantity } from "@deepgrain/scaling-laws";
import { whole } from "@deepgrain/support/pages";

/** 3.4 million, 276 thousand */
export function roundly(n: number): string {
  if (n >= 1e6) return `${(n / 1e6).toFixed(n >= 1e7 ? 0 : 1)}\u00a0million`;
  return n >= 1e4 ? `${Math.round(n / 1e3)}\u00a0thousand` : whole(n);
}

/** 1.2 MB */
export function bytes(n: number): string {
  if (n >= 1e6) return `${(n / 1e6).toFixed(1)}\u00a0MB`;
  return n >= 1e3 ? `${Math.round(n / 1e3)}\u00a0kB` : `${n}\u00a0B`;
}

/** 8.3 %, 42 % */
export const percent = (share: number): string =>
  `${(100 * share).toFixed(Math.abs(share) < 0.1 ? 1 : 0).replace("-", "−")}\u00a0%`;

/** A loss in nats. */
export const nats = (x: number): string => x.toFixed(3);

/** Three digits, with an exponent where that is shorter: 0.524, 1160, 2.57e10. */
export function digits(x: number): string {
  const size = Math.abs(x);
  if (x !== 0 && (size < 1e-3 || size >= 1e4))
    return x.toExponential(2).replace("e+", "e").replaceAll("-", "−");
  return (size >= 1e3 ? x.toFixed(0) : x === 0 ? "0" : x.toPrecision(3)).replace("-", "−");
}

/** 0.524 (0.51 to 0.54) */
export const quantityText = ({ value, lower, upper }: Quantity): string =>
  lower === null || upper === null
    ? digits(value)
    : `${digits(value)} (${digits(lower)} to ${digits(upper)})`;
