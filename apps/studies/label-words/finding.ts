import type { JudgedSide, SectionInput } from "@deepgrain/lab";
import { claimInWords, fixed, outcomeNote } from "../shared/outcome-text";
import type { ComparisonResult } from "./comparison-result";
import type { ComparisonSettings } from "./recipe";

type Input = Pick<SectionInput<ComparisonSettings, ComparisonResult>, "judgement">;

const percent = ({ mean }: JudgedSide) => (mean === null ? "–" : `${fixed(100 * mean, 1)} %`);

/** How much the answers depend on label words in shallow layers. */
export function finding({ judgement: { claims } }: Input): string {
  const cut = claims.find(({ experiment }) => experiment === "A-2");
  const alone = claims.find(({ experiment }) => experiment === "A-5");
  if (cut)
    return `With the label words cut off in the first two layers, ${percent(cut.lower)} of the answers stay the same; with random tokens cut off, ${percent(cut.higher)} do${outcomeNote(cut)}.`;
  if (alone)
    return `With nothing but label words and format kept of the demonstrations, ${percent(alone.higher)} of the answers stay the same${outcomeNote(alone)}.`;
  return claimInWords(claims);
}
