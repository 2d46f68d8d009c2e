import { decimals } from "@deepgrain/support/pages";
import { seedsNeeded } from "../statistics/paired-difference";
import type { JudgedClaim } from "./verdict";

/** Why the seeds do not tell, and how many would. */
function whyUndecided({
  difference,
  failures,
  relation,
  margin,
  adjustedP,
  p,
}: JudgedClaim): string {
  const { mean, standardError, seeds, interval } = difference;
  if (failures.length > 0)
    return `at ${failures.length} of ${seeds + failures.length} seeds a side has no number, which counts against the claim`;
  if (seeds < 3) return `${seeds === 1 ? "one seed decides" : "two seeds decide"} nothing`;
  if (mean === null || !standardError || !interval) return "the seeds' differences do not vary";
  if (p! <= 0.05)
    return `alone it would count (p = ${p!.toPrecision(2)}), but not among all primary claims (p = ${adjustedP!.toPrecision(2)} after Holm's correction)`;
  const [low, high] = decimals(interval);
  const range = `the 95 % interval ${low} to ${high}`;
  if (relation === "=") return `${range} is neither inside ±${margin} nor beyond it`;
  if (interval[0] > 0 || interval[1] < 0)
    return `${range} reaches from beyond 0 to within the margin of ${margin}`;
  if (difference.over !== "seeds") return `${range} holds 0`;
  const needed = seedsNeeded({ mean, standardError, seeds }) ?? "more than 1000";
  return `${range} holds 0; if mean and spread stay, ${needed} seeds would tell`;
}

/** Why a claim did not come out as claimed; empty where it did. @param reason the study's own, for the reverse */
export function causeOf(claim: JudgedClaim, reason: string): string {
  if (claim.outcome === "as claimed") return "";
  return claim.outcome === "undecided" ? whyUndecided(claim) : reason;
}
