import { claimDifference, claimText } from "@deepgrain/lab";
import { type Findings, lookOf, summaryOf } from "./verdicts";

/** A mark per claim. */
export function VerdictMarks({ claims }: Findings) {
  return (
    <span class="marks" aria-hidden="true">
      {claims.map(({ outcome, primary }) => {
        const { standing, mark } = lookOf(outcome!);
        return (
          <span key={primary!.sentence} class={standing}>
            {mark}
          </span>
        );
      })}
    </span>
  );
}

/** The primary claims of a paper with their outcomes, behind a line that counts them. */
export function VerdictList({ findings, of }: { findings: Findings; of?: string | undefined }) {
  const { claims, seeds } = findings;
  return (
    <details class="verdicts">
      <summary>
        {of && `${of}’s claims, re-run: `}
        <VerdictMarks {...findings} /> {summaryOf(findings)}
      </summary>
      <ul>
        {claims.map((claim) => (
          <li key={claim.primary!.sentence}>
            {claim.primary!.sentence}:{" "}
            <strong class={lookOf(claim.outcome!).standing}>{claim.outcome}</strong>.{" "}
            <span class="muted">
              {claimText(claim)}; difference {claimDifference(claim)}, {seeds} seeds.
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
