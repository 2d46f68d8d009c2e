import { primariesOf, type SectionInput } from "@deepgrain/lab";
import { claimInWords, outcomeNote, withSign } from "../shared/outcome-text";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";

type Input = Pick<SectionInput<ComparisonSettings, TrainingResult>, "judgement">;

const POINTS = { digits: 1, unit: "points" };

/** The gain of ReNode in weighted F1: for the GCN, and for other networks. */
export function finding({ judgement }: Input): string {
  const [first, second] = primariesOf(judgement).filter(({ primary }) => !primary!.isAnalysis);
  const [own, others] = [first, second].map((claim) => claim?.difference.mean ?? null);
  if (first?.lower.measure !== second?.lower.measure || own === null || others === null)
    return claimInWords(first ? [first] : judgement.claims, POINTS);
  return `ReNode changes the weighted F1 of a GCN by ${withSign(own!, 1)} points${outcomeNote(first)}, that of three other networks by ${withSign(others!, 1)}${outcomeNote(second)}.`;
}
