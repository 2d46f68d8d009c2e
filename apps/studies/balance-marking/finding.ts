import type { SectionInput } from "@deepgrain/lab";
import { claimInWords, outcomeNote, sideText } from "../shared/outcome-text";
import { ratioAtSuccess } from "./frontier";
import type { ComparedRow, ComparisonSettings } from "./recipe";

/** The cost of Balance-Marking to the text, beside vanilla marking. */
export function finding({
  judgement: { claims },
}: SectionInput<ComparisonSettings, ComparedRow>): string {
  const { measure } = ratioAtSuccess("balance");
  const claim = claims.find(({ lower }) => lower.measure === measure);
  if (!claim) return claimInWords(claims);
  const { lower, higher } = claim;
  const own = lower.subject.replace(",", " with the");
  return `With nine of ten payloads found, ${own} makes texts ${sideText(lower, 2)} times as perplexing as unmarked ones, ${higher.subject} ${sideText(higher, 2)} times${outcomeNote(claim)}.`;
}
