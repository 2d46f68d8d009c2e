import { estimateOf, resultsOf, type SectionInput } from "@deepgrain/lab";
import { claimsInWords, differenceText, fixed, listed } from "../shared/outcome-text";
import { perplexityRatio, rightAt } from "./claims";
import type { ComparedRow, ComparisonSettings } from "./recipe";
import { comparedSchemes } from "./variants";

/** Share of tokens replaced at which schemes are compared. */
const REPLACED = 0.3;

/** The effect of Balance-Marking on perplexity, and the scheme that is read correctly most often after an attack. */
export function finding({
  runs,
  judgement: { claims },
}: SectionInput<ComparisonSettings, ComparedRow>): string {
  const { measure } = perplexityRatio("");
  const ratios = claims
    .filter(({ lower }) => lower.measure === measure)
    .map(
      (claim) =>
        `${differenceText(claim, { digits: 3, isLeftMinusRight: true })} with ${claim.lower.subject}`,
    );
  const shares = comparedSchemes(runs.settings.vocabSize, runs.settings)
    .filter(({ id }) => resultsOf(runs, id).length > 0)
    .flatMap(({ id, name }) => {
      const share = estimateOf(rightAt(REPLACED)(id), runs)?.mean;
      return share === undefined ? [] : [{ name, share }];
    });
  const most = Math.max(...shares.map(({ share }) => share));
  const best = shares.filter(({ share }) => share === most).map(({ name }) => name);
  const sentences = [
    ratios.length > 0 && `Perplexity ratio minus that of CTWL vanilla: ${listed(ratios)}.`,
    best.length > 0 &&
      `With ${100 * REPLACED} % of the tokens replaced, ${listed(best)} ${best.length === 1 ? "is" : "are"} read correctly most often, on ${fixed(100 * most, 0)} % of the texts.`,
  ].filter(Boolean);
  return sentences.join(" ") || claimsInWords(claims);
}
