import { claimText, type JudgedClaim } from "@deepgrain/lab";

/** Names in a row: "a, b and c". */
export const listed = (names: readonly string[]): string =>
  new Intl.ListFormat("en-GB").format(names);

/** 1.2, with a real minus sign and none before zeros. */
export function fixed(x: number, digits: number): string {
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** +1.2, −0.3, 0.0 */
export function withSign(x: number, digits: number): string {
  const text = fixed(x, digits);
  return x > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** What the test of a claim tells of its difference, whose sign says in which direction. */
export function outcomeText({ outcome, difference, equivalence }: JudgedClaim): string {
  if (difference.seeds === 1) return "not tested, one seed";
  if (outcome === "equal") return `equal within ±${equivalence!.margin}`;
  return outcome === "not resolved" ? "not resolved" : "resolved";
}

/** How a difference is written. */
interface DifferenceStyle {
  digits: number;
  unit?: string;
  /** Left minus right, for measures of which less is better. Default: right minus left. */
  isLeftMinusRight?: boolean;
}

/** "+1.2 points (95 % interval −0.1 to +2.5, not resolved)" */
export function differenceText(
  claim: JudgedClaim,
  { digits, unit = "", isLeftMinusRight = false }: DifferenceStyle,
): string {
  const { difference, equivalence } = claim;
  const { interval } = equivalence ?? difference;
  const turn = (x: number) => withSign(isLeftMinusRight ? -x : x, digits);
  const ends = interval && [...interval].map(turn);
  if (isLeftMinusRight) ends?.reverse();
  const range = ends ? `${equivalence ? 90 : 95} % interval ${ends.join(" to ")}, ` : "";
  return `${turn(difference.mean)}${unit && ` ${unit}`} (${range}${outcomeText(claim)})`;
}

const MOST = 3;

/** The first claims and what came of them, for a finding whose own experiments were not run. */
export function claimsInWords(claims: readonly JudgedClaim[]): string {
  const said = claims.slice(0, MOST).map((claim) => {
    const outcome = claim.outcome === "reversed" ? "reversed" : outcomeText(claim);
    return `“${claimText(claim)}” is ${outcome}`;
  });
  return said.length === 0 ? "These runs test no claim." : `The claim ${listed(said)}.`;
}
