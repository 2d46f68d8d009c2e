import type { SectionInput } from "@deepgrain/lab";
import { claimInWords, fixed, outcomeNote } from "../shared/outcome-text";
import { extensions } from "./extend";
import { rewards } from "./grpo";
import type { CoderSettings } from "./recipe";
import type { CoderResult } from "./results";

/** The effects of tests and of continued training. */
export function finding({
  judgement: { claims },
}: SectionInput<CoderSettings, CoderResult>): string {
  const claimOf = (measure: string, lower: string, higher: string) => {
    const claim = claims.find(
      (one) =>
        one.lower.measure.startsWith(measure) &&
        one.lower.subject === lower &&
        one.higher.subject === higher,
    );
    const [left, right] = [claim?.lower.mean ?? null, claim?.higher.mean ?? null];
    return claim && left !== null && right !== null ? { claim, left, right } : undefined;
  };
  const learned = claimOf("pass@1", "before", rewards.full);
  const code = claimOf("code", "mix", "prose, before");
  const recalled = claimOf("needles", extensions.none, extensions["yarn-two"]);
  if (learned)
    return `Training on full tests takes held-out pass@1 from ${fixed(learned.left, 1)} to ${fixed(learned.right, 1)} %${outcomeNote(learned.claim)}.`;
  if (code)
    return `Going on with the mix lowers the bits per byte of code by ${fixed(100 * (1 - Math.exp(code.left - code.right)), 0)} %${outcomeNote(code.claim)}.`;
  if (recalled)
    return `Beyond the trained length, YaRN in two stages recalls ${fixed(recalled.right, 0)} % of needles, unscaled positions ${fixed(recalled.left, 0)} %${outcomeNote(recalled.claim)}.`;
  return claimInWords(claims);
}
