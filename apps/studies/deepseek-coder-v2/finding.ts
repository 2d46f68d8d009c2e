import type { SectionInput } from "@deepgrain/lab";
import { claimsInWords, differenceText, fixed } from "../shared/outcome-text";
import { extensions } from "./extend";
import { rewards } from "./grpo";
import type { CoderSettings } from "./recipe";
import type { CoderResult } from "./results";

/** What tests teach, and what continued training does. */
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
  const points = { digits: 1, unit: "points" };
  const sentences = [
    learned &&
      `Training on full tests takes held-out pass@1 from ${fixed(learned.left, 1)} to ${fixed(learned.right, 1)} %: ${differenceText(learned.claim, points)}.`,
    code &&
      `Going on with the mix lowers the bits per byte of code by ${fixed(100 * (1 - Math.exp(code.left - code.right)), 0)} %.`,
    recalled &&
      `Beyond the trained length, YaRN in two stages recalls ${fixed(recalled.right, 0)} % of needles, unscaled positions ${fixed(recalled.left, 0)} %.`,
  ].filter(Boolean);
  return sentences.join(" ") || claimsInWords(claims);
}
