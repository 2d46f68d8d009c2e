import { claimText, type JudgedClaim, type JudgedSide } from "@deepgrain/lab";

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

/** How a difference is written. */
interface DifferenceStyle {
  digits: number;
  unit?: string;
  /** Left minus right, for measures of which less is better. Default: right minus left. */
  isLeftMinusRight?: boolean;
}

/** "+1.2 points (−0.1 to +2.5; undecided)", with the 95 % interval: the outcome stands where the claim has one. */
export function differenceText(
  { difference: { mean, interval }, outcome }: JudgedClaim,
  { digits, unit = "", isLeftMinusRight = false }: DifferenceStyle,
): string {
  if (mean === null) return outcome ? `– (${outcome})` : "–";
  const turn = (x: number) => withSign(isLeftMinusRight ? -x : x, digits);
  const ends = interval && [...interval].map(turn);
  if (isLeftMinusRight) ends?.reverse();
  const told = [ends?.join(" to "), outcome].filter(Boolean).join("; ");
  return `${turn(mean)}${unit && ` ${unit}`}${told && ` (${told})`}`;
}

/** The mean of a side, – where no seed has it. */
export const sideText = ({ mean }: JudgedSide, digits: number): string =>
  mean === null ? "–" : fixed(mean, digits);

/** " (as claimed)", behind what a claim says; nothing where it has no outcome. */
export const outcomeNote = (claim: Pick<JudgedClaim, "outcome"> | undefined): string =>
  claim?.outcome ? ` (${claim.outcome})` : "";

/** The first of some claims in a sentence: "ReNode improves node classification: +0.6 points (0.0 to +1.3; undecided)." */
export function claimInWords(
  [claim]: readonly JudgedClaim[],
  style: DifferenceStyle = { digits: 3 },
): string {
  if (claim === undefined) return "These runs test no claim.";
  const { primary } = claim;
  return `${primary ? primary.sentence : `Measured, “${claimText(claim)}”`}: ${differenceText(claim, style)}.`;
}

/** "5.4 points more", "0.3 points fewer". */
export const moreText = (x: number, digits: number, unit: string): string =>
  `${fixed(Math.abs(x), digits)} ${unit} ${x < 0 ? "fewer" : "more"}`;
