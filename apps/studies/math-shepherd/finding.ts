import type { JudgedClaim, JudgedSide, SectionInput } from "@deepgrain/lab";
import { claimsInWords, differenceText, sideText } from "../shared/outcome-text";
import { choices } from "./candidates";
import { learnings } from "./claims";
import type { ShepherdSettings } from "./recipe";
import type { ShepherdResult } from "./results";

const POINTS = { digits: 1, unit: "points" };

const percent = (side: JudgedSide) => `${sideText(side, 1)} %`;

/** The share that votes weighted by the PRM solve, and the policy's gain from its scores. */
export function finding({
  settings,
  judgement: { claims },
}: SectionInput<ShepherdSettings, ShepherdResult>): string {
  const claimOf = (lower: string, higher: string) =>
    claims.find((claim) => claim.lower.subject === lower && claim.higher.subject === higher);
  const over = (claim: JudgedClaim | undefined, rival: string) =>
    claim ? [`${differenceText(claim, POINTS)} over ${rival}`] : [];
  const votes = choices["sc-prm"].name;
  const plain = claimOf(choices.sc.name, votes);
  const outcome = claimOf(choices["sc-orm"].name, votes);
  const learned = claimOf("SFT, greedy", `${learnings["ppo-step"]}, greedy`);
  const gains = [
    ...over(plain, "plain votes"),
    ...over(outcome, "votes weighted by the outcome model"),
  ];
  const sentences = [
    plain &&
      `Votes among ${settings.candidates} solutions, weighted by the process reward model, solve ${percent(plain.higher)} of the held-out problems: ${gains.join(" and ")}.`,
    learned &&
      `Step-wise PPO changes the share that greedy answers solve from ${percent(learned.lower)} to ${percent(learned.higher)}: ${differenceText(learned, POINTS)}.`,
  ].filter(Boolean);
  return sentences.join(" ") || claimsInWords(claims);
}
