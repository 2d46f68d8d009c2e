import type { Outcome } from "../story/step";
import { findingsOf, leadingClaim, lookOf, sidesOf, wholeName } from "./verdicts";

/** A sentence's beginning. */
const begun = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The outcome of a study's re-run: its first result with the paper's number, then its other claims. */
export function outcomeOf(study: string): Outcome {
  const findings = findingsOf(study);
  const first = leadingClaim(findings);
  const seeds = `${first.higher.seeds} seeds`;
  return {
    sentence:
      `${first.primary!.sentence}: ${first.outcome}. ${begun(wholeName(first.higher.measure))} over ${seeds} (${first.scope}): ` +
      `${sidesOf(first)}. The paper: ${first.paper}.`,
    others: findings.claims
      .filter((claim) => claim !== first)
      .map(
        (claim) =>
          `${lookOf(claim.outcome!).mark} ${claim.primary!.sentence}: ${claim.outcome} (${sidesOf(claim)}).`,
      ),
  };
}
