import { type Bounds, decimal, decimals, within } from "@deepgrain/support/pages";
import { having } from "../errors";
import type { JudgedClaim } from "./verdict";

/** A claim as text: "loss: Adam < SGD", or "loss: A = B (±0.02)" for an equality. */
export function claimText(judgedClaim: JudgedClaim): string {
  const { lower, higher, relation, margin } = having(
    "claimText",
    "judgedClaim",
    judgedClaim,
    "experiment",
    "scope",
  );
  const within = relation === "=" ? ` (±${margin})` : "";
  if (lower.measure === higher.measure)
    return `${lower.measure}: ${lower.subject} ${relation} ${higher.subject}${within}`;
  if (lower.subject === higher.subject)
    return `${lower.subject}: ${lower.measure} ${relation} ${higher.measure}${within}`;
  return `${lower.measure} of ${lower.subject} ${relation} ${higher.measure} of ${higher.subject}${within}`;
}

/** The bounds of a difference of two numbers. */
export const differenceBounds = (bounds: Bounds | undefined): Bounds | undefined =>
  bounds && [bounds[0] - bounds[1], bounds[1] - bounds[0]];

/**
 * Right minus left side with the 95 % interval: "1.100 (0.852 to 1.348)"; at how many seeds a number lacks, where one does.
 * @param bounds of both sides, such as 0 and 100 of shares in percent: a difference stays between −100 and 100
 */
export function claimDifference(judgedClaim: JudgedClaim, bounds?: Bounds): string {
  const { difference, failures } = having(
    "claimDifference",
    "judgedClaim",
    judgedClaim,
    "experiment",
    "scope",
  );
  const { mean, interval, seeds } = difference;
  const lacking =
    failures.length > 0
      ? `, no number at ${failures.length} of ${seeds + failures.length} seeds`
      : "";
  if (mean === null) return `–${lacking}`;
  if (!interval) return `${decimal(mean)}${lacking}`;
  const [own, low, high] = decimals([mean, ...within(interval, differenceBounds(bounds))]);
  return `${own} (${low} to ${high})${lacking}`;
}
