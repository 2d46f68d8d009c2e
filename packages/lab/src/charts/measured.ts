import { spread } from "../report/numbers";
import type { Estimate } from "../statistics/estimate";

/** A number, or a mean with its standard error. */
export type Measured = number | Pick<Estimate, "mean" | "standardError">;

/** An axis of a chart. */
export interface Axis {
  label: string;
  isLog?: boolean;
  /** Shares, shown in percent. */
  isPercent?: boolean;
  /** Default: what the data span. */
  domain?: readonly [number, number];
}

/** The mean, and the places of one standard error below and above. */
export function around(value: Measured): { mean: number; low: number; high: number } {
  const { mean, standardError } =
    typeof value === "number" ? { mean: value, standardError: 0 } : value;
  return { mean, low: mean - (standardError ?? 0), high: mean + (standardError ?? 0) };
}

/** As text: 1.234 ± 0.012, or – for none. */
export function measuredText(value: Measured | null): string {
  if (value === null) return "–";
  return spread({
    seeds: 1,
    ...(typeof value === "number" ? { mean: value, standardError: 0 } : value),
  });
}

/** Plot's options of an axis. @param isNarrow whether there is room for few ticks only */
export const axisOf = ({ label, isLog, isPercent, domain }: Axis, isNarrow: boolean) => ({
  label: isPercent ? `${label}, %` : label,
  grid: true,
  ...(isNarrow ? { ticks: 4 } : {}),
  ...(isLog ? { type: "log" as const, tickFormat: "~s" } : {}),
  ...(isPercent ? { percent: true } : {}),
  ...(domain ? { domain: domain.map((x) => (isPercent ? 100 * x : x)) } : { nice: true }),
});

/** Looks of a level to compare with. */
export const DASHED = { stroke: "var(--muted)", strokeDasharray: "4,4" };
