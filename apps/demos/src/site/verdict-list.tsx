import { claimDetails, claimDifference, claimText, type JudgedClaim } from "@deepgrain/lab";
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

/** The outcome of a claim, how it was named, and what it stands on. */
function Verdict({ claim }: { claim: JudgedClaim }) {
  const { seeds, paper, naming } = claimDetails(claim);
  const where = [seeds, claim.scope].filter(Boolean).join(", ");
  return (
    <li>
      {claim.primary!.sentence}:{" "}
      <strong class={lookOf(claim.outcome!).standing}>{claim.outcome}</strong>
      {naming && ` (${naming})`}.{" "}
      <span class="muted">
        {claimText(claim)}; difference {claimDifference(claim)}, {where}; paper: {paper}
      </span>
    </li>
  );
}

/** The primary claims of a paper with their outcomes, behind a line that counts them. */
export function VerdictList({
  findings,
  of,
  id = of && "verdicts",
}: {
  findings: Findings;
  of?: string | undefined;
  id?: string | undefined;
}) {
  const { claims } = findings;
  return (
    <details class="verdicts" id={id}>
      <summary>
        {of && `${of}’s claims, re-run: `}
        <VerdictMarks {...findings} /> {summaryOf(findings)}
      </summary>
      <ul>
        {claims.map((claim) => (
          <Verdict key={claim.primary!.sentence} claim={claim} />
        ))}
      </ul>
    </details>
  );
}
