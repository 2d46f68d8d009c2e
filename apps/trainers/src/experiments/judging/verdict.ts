import { isResolved, type PairedDifference, seedsNeeded } from "./paired-statistics";

/** What became of an ordering that a paper reports. */
export type Verdict =
  | "resolved"
  | "resolved, but reversed"
  | "not resolved"
  | "no difference, as published"
  | "resolved: they differ";

/** @param isEqual whether the paper found the two equal */
export function verdictOf(difference: PairedDifference, isEqual: boolean): Verdict {
  if (isEqual)
    return isResolved(difference) ? "resolved: they differ" : "no difference, as published";
  if (!isResolved(difference)) return "not resolved";
  return difference.mean > 0 ? "resolved" : "resolved, but reversed";
}

/** Why the seeds do not tell, and how many would. */
function spreadCause(difference: PairedDifference): string {
  const { standardError, seeds } = difference;
  if (standardError === null) return "one seed shows no spread";
  const spread = (standardError * Math.sqrt(seeds)).toPrecision(2);
  const needed = seedsNeeded(difference) ?? "more than 1000";
  return `the difference varies by ${spread} (standard deviation) between ${seeds} seeds; if mean and spread stay, ${needed} seeds would tell`;
}

/** Why a verdict may not be the published one; empty where it is. @param ifOtherwise for one that is resolved otherwise */
export function causeOf(
  verdict: Verdict,
  difference: PairedDifference,
  ifOtherwise: string,
): string {
  if (verdict === "resolved" || verdict === "no difference, as published") return "";
  return verdict === "not resolved" ? spreadCause(difference) : ifOtherwise;
}
