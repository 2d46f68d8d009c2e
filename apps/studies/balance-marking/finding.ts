import type { SectionInput } from "@deepgrain/lab";
import { claimInWords, outcomeNote, sideText } from "../shared/outcome-text";
import { perplexityRatio } from "./claims";
import type { ComparedRow, ComparisonSettings } from "./recipe";

/** The cost of Balance-Marking to the text, beside vanilla marking. */
export function finding({
  judgement: { claims },
}: SectionInput<ComparisonSettings, ComparedRow>): string {
  const { measure } = perplexityRatio("");
  const claim = claims.find(({ lower }) => lower.measure === measure);
  if (!claim) return claimInWords(claims);
  const { lower, higher } = claim;
  return `Marked by ${lower.subject.replace(",", " with the")}, texts have a perplexity ${sideText(lower, 2)} times that of unmarked texts, marked by ${higher.subject} ${sideText(higher, 2)} times${outcomeNote(claim)}.`;
}
