import type { SectionInput } from "@deepgrain/lab";
import { digits } from "../shared/numbers";
import { claimsInWords, fixed, sideText } from "../shared/outcome-text";
import type { SweepSettings } from "./recipe";
import { pooledFit } from "./report";
import type { SweepResult } from "./result";

/** How the best model grows with compute, and how well the laws predict a larger run. */
export function finding({
  runs,
  judgement: { claims },
}: SectionInput<SweepSettings, SweepResult>): string {
  const { heldOut, budgets } = runs.settings;
  const isSized = runs.experiments.includes("C-3");
  const exponent = isSized && pooledFit(runs, "english").law.allocation?.model.exponent;
  const split = claims.find(({ experiment }) => experiment === "C-3");
  const predicted = claims.find(({ experiment }) => experiment === "C-4");
  const sentences: string[] = [];
  if (exponent) {
    const { value, lower, upper } = exponent;
    const range =
      lower !== null && upper !== null
        ? `, 95 % interval ${digits(lower)} to ${digits(upper)}`
        : "";
    sentences.push(
      `The best model size scales as compute to the power ${digits(value)} (pooled fit${range}; the paper has 0.524)${split?.outcome ? `; that it is one half within ±${split.margin}: ${split.outcome}` : ""}.`,
    );
  }
  if (predicted)
    sentences.push(
      `The loss of a run with ${fixed(heldOut / budgets.at(-1)!, 0)} times the largest budget was predicted with a mean absolute error of ${sideText(predicted.lower, 1)} %.`,
    );
  return sentences.join(" ") || claimsInWords(claims);
}
