import { decimals } from "@deepgrain/support/pages";
import { seedsNeeded } from "../statistics/paired-difference";
import { levelText } from "./claim-text";
import type { JudgedClaim } from "./verdict";

/** How many seeds would decide a claim if mean and spread stayed. */
function seedsToTell({ difference, relation, margin }: JudgedClaim): string {
  const { mean, standardError, seeds, level } = difference;
  const above = mean! + (relation === "≤" ? margin! : 0);
  const needed = seedsNeeded({ mean: above, standardError, seeds }, level) ?? "more than 1000";
  return `if mean and spread stay, ${needed} seeds would tell`;
}

/** Why the seeds do not tell, and how many would. */
function whyUndecided(claim: JudgedClaim): string {
  const { difference, failures, relation, margin, adjustedP, p } = claim;
  const { mean, standardError, seeds, interval, level } = difference;
  if (failures.length > 0)
    return `at ${failures.length} of ${seeds + failures.length} seeds a side has no number, which counts against the claim`;
  if (seeds < 3) return `${seeds === 1 ? "one seed decides" : "two seeds decide"} nothing`;
  if (mean === null || !standardError || !interval) return "the seeds' differences do not vary";
  const [low, high] = decimals(interval);
  const range = `the ${levelText(level)} interval ${low} to ${high}`;
  if (p! <= 0.05)
    return `alone it would count (p = ${p!.toPrecision(2)}), but not among all primary claims (p = ${adjustedP!.toPrecision(2)} after Holm's correction): ${range} leaves it open`;
  if (relation === "=") return `${range} is neither inside ±${margin} nor beyond it`;
  if (relation === "<" && interval[1] < 0)
    return `${range} reaches from beyond 0 to within the margin of ${margin}`;
  const held = `${range} holds ${relation === "≤" ? `−${margin}` : 0}`;
  return difference.over === "seeds" ? `${held}; ${seedsToTell(claim)}` : held;
}

/** Why a claim did not come out as claimed; empty where it did. @param reason the study's own, for the reverse */
export function causeOf(claim: JudgedClaim, reason: string): string {
  if (claim.outcome === "as claimed") return "";
  return claim.outcome === "undecided" ? whyUndecided(claim) : reason;
}
