import { primariesOf, type SectionInput } from "@deepgrain/lab";
import { claimsInWords } from "../shared/outcome-text";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";

type Input = Pick<SectionInput<ComparisonSettings, TrainingResult>, "judgement">;

const POINTS = { digits: 1, unit: "points" };

/** The gain of ReNode in weighted F1: for the GCN, for other networks, and where topology imbalance is high. */
export function finding({ judgement }: Input): string {
  const primaries = primariesOf(judgement);
  return claimsInWords(primaries.length > 0 ? primaries : judgement.claims, POINTS);
}
