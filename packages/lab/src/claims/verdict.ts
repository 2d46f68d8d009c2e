import { signed } from "../report/numbers";
import { seedsNeeded } from "../statistics/paired-difference";
import type { JudgedClaim, Outcome } from "./judgement";

/** Significance level of all verdicts. */
const ALPHA = 0.05;

type Tested = Pick<JudgedClaim, "difference" | "equivalence" | "p" | "adjustedP">;

/** @param p the one that decides: the claim's own, or adjusted */
export function outcomeOf({ difference, equivalence }: Tested, p: number | null): Outcome {
  if (p === null || p > ALPHA) return "not resolved";
  if (equivalence) return equivalence.p! < equivalence.beyondP! ? "equal" : "different";
  return difference.mean > 0 ? "resolved" : "reversed";
}

/** A verdict in words, for tables. */
export const verdictNames: Readonly<Record<Outcome, string>> = {
  resolved: "resolved",
  reversed: "resolved, but reversed",
  "not resolved": "not resolved",
  equal: "equal within the margin",
  different: "resolved: they differ",
};

/** Why the seeds do not tell, and how many would. */
function spreadCause({ difference, equivalence, p, adjustedP }: Tested): string {
  const { standardError, seeds } = difference;
  if (standardError === null) return "one seed shows no spread";
  if (p !== null && p <= ALPHA)
    return `alone it would count (p = ${p.toPrecision(2)}), but not among all claims (p = ${adjustedP!.toPrecision(2)} after Holm's correction)`;
  if (equivalence) {
    const [low, high] = equivalence.interval!;
    return `the 90 % interval ${signed(low)} to ${signed(high)} is neither inside ±${equivalence.margin} nor beyond it`;
  }
  const spread = (standardError * Math.sqrt(seeds)).toPrecision(2);
  const needed = seedsNeeded(difference) ?? "more than 1000";
  return `the difference varies by ${spread} (standard deviation) between ${seeds} seeds; if mean and spread stay, ${needed} seeds would tell`;
}

/** Why an outcome may not be the published one; empty where it is. @param ifOtherwise the study's reason for a reverse */
export function causeOf(outcome: Outcome, tested: Tested, ifOtherwise: string): string {
  if (outcome === "resolved" || outcome === "equal") return "";
  return outcome === "not resolved" ? spreadCause(tested) : ifOtherwise;
}
