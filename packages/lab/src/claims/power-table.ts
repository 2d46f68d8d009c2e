import { decimal, type TextTableOptions, textRecords } from "@deepgrain/support/pages";
import { optionsOf, real, refuseUnknown } from "../errors";
import { detectableDifference } from "../statistics/power";
import { LEAST_SEEDS } from "../statistics/tails";
import { claimText } from "./claim-text";
import { type JudgedClaim, type Judgement, primariesOf } from "./verdict";

/** Numbers of seeds that are tried for a margin. */
const MOST_SEEDS = 40;

/** Standard deviation of the differences between seeds; null where unknown. */
const deviationOf = ({ difference: { standardError, seeds, over } }: JudgedClaim): number | null =>
  standardError && over === "seeds" ? standardError * Math.sqrt(seeds) : null;

/** The fewest seeds that find the margin of a claim in 80 of 100 cases. */
function seedsForMargin(deviation: number, margin: number, claims: number): string {
  for (let seeds = LEAST_SEEDS; seeds <= MOST_SEEDS; seeds++)
    if (detectableDifference({ seeds, claims }) * deviation <= margin) return String(seeds);
  return `more than ${MOST_SEEDS}`;
}

/**
 * The difference that a number of seeds can detect, to read before a run: in standard deviations between seeds and, if a
 * recording of the same claims is known, in their units beside the margin.
 *
 * @param seeds how many there will be
 * @param recorded a judgement of earlier runs: its spread between seeds is taken to stay
 * @param options.claims number of primary claims; default: those of `recorded`, or 1
 */
export function powerText(
  seeds: number,
  recorded: Pick<Judgement, "claims"> | null,
  options: Pick<TextTableOptions, "columns"> & { claims?: number | undefined } = {},
): string {
  const { claims, columns, ...rest } = optionsOf("powerText", options);
  refuseUnknown("powerText", rest);
  real("powerText", "seeds", seeds);
  const primaries = recorded ? primariesOf(recorded) : [];
  const family = claims ?? Math.max(1, primaries.length);
  if (seeds < LEAST_SEEDS)
    return `${seeds === 1 ? "1 seed decides" : `${seeds} seeds decide`} nothing: effects only.`;
  const found = detectableDifference({ seeds, claims: family });
  const intro = `${seeds} seeds find a difference of ${found.toFixed(1)} standard deviations between seeds in 80 of 100 cases (${family} primary ${family === 1 ? "claim" : "claims"}, Holm's correction).`;
  const rows = primaries.flatMap((claim) => {
    const [deviation, { margin }] = [deviationOf(claim), claim];
    if (deviation === null || margin === null) return [];
    const needed = seedsForMargin(deviation, margin, family);
    return [[claimText(claim), decimal(found * deviation), String(margin), needed]];
  });
  if (rows.length === 0) return intro;
  const head = ["primary claim", "found", "margin", "seeds that find the margin"];
  return `${intro}\n${textRecords([head, ...rows], { columns })}`;
}
