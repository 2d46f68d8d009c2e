import { primariesOf, type SectionInput } from "@deepgrain/lab";
import { digits } from "../shared/numbers";
import { claimInWords, sideText } from "../shared/outcome-text";
import type { SweepSettings } from "./recipe";
import { pooledFit } from "./report";
import type { SweepResult } from "./result";

/** How the best model grows with compute, and how well the laws predict a larger run. */
export function finding({ runs, judgement }: SectionInput<SweepSettings, SweepResult>): string {
  const { claims } = judgement;
  const isSized = runs.experiments.includes("C-3");
  const exponent = isSized && pooledFit(runs, "english").law.allocation?.model.exponent.value;
  const split = claims.find(({ experiment }) => experiment === "C-3");
  const predicted = claims.find(({ experiment }) => experiment === "C-4");
  const error = predicted && `predicted with an error of ${sideText(predicted.lower, 1)} %`;
  if (exponent)
    return `The best model grows as compute to the power ${digits(exponent)}, the paper's to 0.524${split?.outcome ? ` (equal parts with the data: ${split.outcome})` : ""}${error ? `; a larger run was ${error}` : ""}.`;
  if (error) return `The loss of a larger run was ${error}.`;
  return claimInWords([...primariesOf(judgement), ...claims]);
}
