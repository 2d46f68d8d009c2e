import type { SectionInput } from "@deepgrain/lab";
import { claimsInWords, differenceText, sideText } from "../shared/outcome-text";
import type { ComparisonResult } from "./comparison-result";
import type { ComparisonSettings } from "./recipe";

type Input = Pick<SectionInput<ComparisonSettings, ComparisonResult>, "judgement">;

/** How much the answers hang on label words in shallow layers, and what re-weighting them adds. */
export function finding({ judgement: { claims } }: Input): string {
  const cut = claims.find(({ experiment }) => experiment === "A-2");
  const alone = claims.find(({ experiment }) => experiment === "A-5");
  const reweighted = claims.find(({ experiment }) => experiment === "A-4");
  const sentences = [
    cut &&
      `With the label words cut off in the first two layers, the share of answers that stay the same is ${sideText(cut.lower, 3)}, with random tokens cut off ${sideText(cut.higher, 3)}: a difference of ${differenceText(cut, { digits: 3 })}.`,
    !cut &&
      alone &&
      `With nothing but label words and format kept of the demonstrations, the share of answers that stay the same is ${sideText(alone.higher, 3)}.`,
    reweighted &&
      `Re-weighting label words changes accuracy by ${differenceText(reweighted, { digits: 3 })}.`,
  ].filter(Boolean);
  return sentences.join(" ") || claimsInWords(claims);
}
