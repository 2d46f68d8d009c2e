import type { JudgedSide, SectionInput } from "@deepgrain/lab";
import { claimInWords, outcomeNote, sideText } from "../shared/outcome-text";
import { choices } from "./candidates";
import { learnings } from "./claims";
import type { ShepherdSettings } from "./recipe";
import type { ShepherdResult } from "./results";

const percent = (side: JudgedSide) => `${sideText(side, 1)} %`;

/** The share that the process reward model's choice solves beside votes, or the policy's gain from its scores. */
export function finding({
  settings,
  judgement: { claims },
}: SectionInput<ShepherdSettings, ShepherdResult>): string {
  const claimOf = (lower: string, higher: string) =>
    claims.find((claim) => claim.lower.subject === lower && claim.higher.subject === higher);
  const chosen = claimOf(choices.sc.name, choices["prm-min"].name);
  const learned = claimOf("SFT, greedy", `${learnings["ppo-step"]}, greedy`);
  if (chosen)
    return `The process reward model's choice among ${settings.candidates} solutions solves ${percent(chosen.higher)} of the held-out problems, plain votes ${percent(chosen.lower)}${outcomeNote(chosen)}.`;
  if (learned)
    return `Step-wise PPO takes the share that greedy answers solve from ${percent(learned.lower)} to ${percent(learned.higher)}${outcomeNote(learned)}.`;
  return claimInWords(claims);
}
