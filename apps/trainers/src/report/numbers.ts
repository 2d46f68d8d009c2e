/** 2,182,272 */
export const whole = (n: number): string => n.toLocaleString("en-US", { maximumFractionDigits: 0 });

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
  `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}\u00a0%`;

/** +0.123 or −0.123 */
export const signed = (x: number): string => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;

/** A loss in nats. */
export const nats = (x: number): string => x.toFixed(3);
