import { type Estimate, estimate } from "../../experiments/judging/paired-statistics";
import { claims, type ExperimentId } from "./claims";
import { type GapClosed, gapClosed, type Judged, judgeClaims } from "./judge-claims";
import type { ComparisonSettings } from "./settings";
import type { TrainingResult } from "./training-result";
import { variants } from "./variants";

/** A variant over all seeds. */
export interface VariantSummary extends Pick<TrainingResult, "parameters" | "activated" | "flops"> {
  id: string;
  name: string;
  loss: Estimate;
  /** Null without experts. */
  maxVio: Estimate | null;
  curve: { step: number; loss: Estimate }[];
  disabled: { sixteenths: number; skipped: number; loss: Estimate }[];
  /** On the Pile; null where the paper gives none. */
  paperLoss: number | null;
  secondsPerTraining: number;
}

/** The whole comparison, the form of comparison.json. */
export interface ComparisonResult {
  settings: ComparisonSettings;
  seeds: readonly number[];
  experiments: readonly ExperimentId[];
  claims: Judged[];
  gapClosed: GapClosed | null;
  variants: VariantSummary[];
  trainings: readonly TrainingResult[];
}

function summarizeVariant(id: string, own: readonly TrainingResult[]): VariantSummary {
  const [first] = own as [TrainingResult];
  const { name, paperLoss = null } = variants.find((variant) => variant.id === id)!;
  const { parameters, activated, flops } = first;
  const over = (value: (result: TrainingResult) => number) => estimate(own.map(value));
  return {
    id,
    name,
    parameters,
    activated,
    flops,
    loss: over(({ loss }) => loss),
    maxVio: first.maxVio === null ? null : over(({ maxVio }) => maxVio!),
    curve: first.curve.map(({ step }, i) => ({ step, loss: over((r) => r.curve[i]!.loss) })),
    disabled: first.disabled.map(({ sixteenths, skipped }, i) => ({
      sixteenths,
      skipped,
      loss: over((r) => r.disabled[i]!.loss),
    })),
    paperLoss,
    secondsPerTraining: over(({ seconds }) => seconds).mean,
  };
}

/** Puts trainings together: each variant's means, and each claim's verdict. */
export function summarize({
  settings,
  seeds,
  experiments,
  trainings,
}: Pick<ComparisonResult, "settings" | "seeds" | "experiments" | "trainings">): ComparisonResult {
  const { steps, batch, length } = settings;
  const chosen = claims.filter(({ experiment }) => experiments.some((id) => id === experiment));
  const present = variants.filter(({ id }) => trainings.some(({ variant }) => variant === id));
  return {
    settings,
    seeds,
    experiments,
    claims: judgeClaims(chosen, trainings, { tokensRead: steps * batch * length }),
    gapClosed: gapClosed(trainings, experiments),
    variants: present.map(({ id }) =>
      summarizeVariant(
        id,
        trainings.filter(({ variant }) => variant === id),
      ),
    ),
    trainings,
  };
}
