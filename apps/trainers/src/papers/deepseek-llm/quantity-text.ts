import type { Quantity } from "@deepgrain/scaling-laws";

/** Three digits, with an exponent where that is shorter. */
export const digits = (x: number): string =>
  x === 0 || (Math.abs(x) >= 1e-3 && Math.abs(x) < 1e4)
    ? x.toPrecision(3).replace("-", "−")
    : x.toExponential(2).replace("e+", "e").replace(/^-/, "−");

/** 0.524 (0.51 to 0.54) */
export const quantityText = ({ value, lower, upper }: Quantity): string =>
  lower === null || upper === null
    ? digits(value)
    : `${digits(value)} (${digits(lower)} to ${digits(upper)})`;
