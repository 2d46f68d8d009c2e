import type { JudgedClaim } from "@deepgrain/lab";
import { decimal } from "@deepgrain/support/pages";
import type { Outcome } from "../story/step";
import { findingsOf, leadingClaim, lookOf } from "./verdicts";

const numberOf = (mean: number | null): string => (mean === null ? "–" : decimal(mean));

/** "FedAvg 74.77, RedGrape 79.05" */
const sidesOf = ({ lower, higher }: JudgedClaim): string =>
  [lower, higher].map(({ subject, mean }) => `${subject} ${numberOf(mean)}`).join(", ");

/** The outcome of a study's re-run: its first result with the paper's number, then its other claims. */
export function outcomeOf(study: string): Outcome {
  const findings = findingsOf(study);
  const first = leadingClaim(findings);
  const seeds = `${first.higher.seeds} seeds`;
  return {
    sentence:
      `${first.primary!.sentence}: ${first.outcome}. ${first.higher.measure} over ${seeds} (${first.scope}): ` +
      `${sidesOf(first)}. The paper: ${first.paper}.`,
    others: findings.claims
      .filter((claim) => claim !== first)
      .map(
        (claim) =>
          `${lookOf(claim.outcome!).mark} ${claim.primary!.sentence}: ${claim.outcome} (${sidesOf(claim)}).`,
      ),
  };
}
