import { type Bounds, decimal, decimals, within } from "@deepgrain/support/pages";
import { fail, having } from "../errors";
import type { Primary } from "../study/runs";
import type { JudgedClaim } from "./verdict";

/** Words that both sides of a claim have in common, to stand before them, and each side's name without them. */
function sidesOf({ lower, higher }: JudgedClaim): { common: string; left: string; right: string } {
  if (lower.measure === higher.measure)
    return { common: `${lower.measure}: `, left: lower.subject, right: higher.subject };
  if (lower.subject === higher.subject)
    return { common: `${lower.subject}: `, left: lower.measure, right: higher.measure };
  const [left, right] = [lower, higher].map(({ measure, subject }) => `${measure} of ${subject}`);
  return { common: "", left: left!, right: right! };
}

/**
 * A claim as text: "loss: Adam < SGD"; for `≤` "loss: A no worse than B, within 0.02", first the side that is claimed to be no worse;
 * "loss: A = B (±0.02)" for an equality.
 */
export function claimText(judgedClaim: JudgedClaim): string {
  const claim = having("claimText", "judgedClaim", judgedClaim, "experiment", "scope");
  const { relation, margin, better } = claim;
  const { common, left, right } = sidesOf(claim);
  if (relation === "≤") {
    const [own, other] = better === "higher" ? [right, left] : [left, right];
    return `${common}${own} no worse than ${other}, within ${margin}`;
  }
  return `${common}${left} ${relation} ${right}${relation === "=" ? ` (±${margin})` : ""}`;
}

/** The bounds of a difference of two numbers. */
export const differenceBounds = (bounds: Bounds | undefined): Bounds | undefined =>
  bounds && [bounds[0] - bounds[1], bounds[1] - bounds[0]];

/** A level in percent, with as many of two decimals as it needs: "95 %", "98.75 %". */
export const levelText = (level: number): string => `${Number((100 * level).toFixed(2))} %`;

/**
 * Right minus left side with its interval, and of a primary claim the interval's level: "1.100 (0.852 to 1.348; 98.75 %)"; at how many
 * seeds a number lacks, where one does.
 * @param bounds of both sides, such as 0 and 100 of shares in percent: a difference stays between −100 and 100
 */
export function claimDifference(judgedClaim: JudgedClaim, bounds?: Bounds): string {
  const { difference, failures, primary } = having(
    "claimDifference",
    "judgedClaim",
    judgedClaim,
    "experiment",
    "scope",
  );
  const { mean, interval, seeds, level } = difference;
  const lacking =
    failures.length > 0
      ? `, no number at ${failures.length} of ${seeds + failures.length} seeds`
      : "";
  if (mean === null) return `–${lacking}`;
  if (!interval) return `${decimal(mean)}${lacking}`;
  const [own, low, high] = decimals([mean, ...within(interval, differenceBounds(bounds))]);
  const at = primary === null ? "" : `; ${levelText(level)}`;
  return `${own} (${low} to ${high}${at})${lacking}`;
}

/** How a primary claim was named: "" before the run, else when, and what came out before its relation followed from its words; the state of a gate that is not met. */
function namingOf({ named, before }: Primary, gate: JudgedClaim["gate"]): string {
  if (named === "before the run" && !before) return gate ? `gate ${gate}` : "";
  const corrected =
    before &&
    `${before.isCorrected ? "relation corrected after the run; " : ""}before: ${before.outcome}`;
  const parts = [
    named === "after the run" && "named after the run",
    corrected,
    gate && `gate ${gate}`,
  ];
  return parts.filter(Boolean).join("; ");
}

/** Texts beside the outcome of a primary claim. */
interface ClaimDetails {
  seeds: string;
  paper: string;
  naming: string;
}

/**
 * Texts beside the outcome of a primary claim.
 *
 * @returns `seeds`: "8 seeds", those of this claim, with those that lack a number; `paper`: the paper's words, where they are unless in
 *   the abstract, and its number, "“no worse than B” (section 3); 1.8 = 1.8"; `naming`: how it was named where not simply before the
 *   run, "named after the run; relation corrected after the run; before: undecided", else empty
 * @throws {LabError} `ERR_ARGUMENT` for a secondary claim
 */
export function claimDetails(judgedClaim: JudgedClaim): ClaimDetails {
  const { primary, paper, difference, failures } = having(
    "claimDetails",
    "judgedClaim",
    judgedClaim,
    "experiment",
    "scope",
  );
  if (!primary)
    return fail("ERR_ARGUMENT", `lab/claimDetails: expected a primary claim, got a secondary one`);
  const { words, section } = primary;
  const seeds = difference.seeds + failures.length;
  return {
    seeds: `${seeds} ${seeds === 1 ? "seed" : "seeds"}`,
    paper: `“${words}”${section === undefined ? "" : ` (${section})`}; ${paper}`,
    naming: namingOf(primary, judgedClaim.gate),
  };
}
