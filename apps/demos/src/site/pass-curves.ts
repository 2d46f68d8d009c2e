import { estimate, resultsOf } from "@deepgrain/lab";
import type { CoderSettings } from "@deepgrain/studies/deepseek-coder-v2/recipe";
import type { CoderResult } from "@deepgrain/studies/deepseek-coder-v2/results";
import type { PassCurve } from "../code/pass-picture";
import { recordedRuns } from "./recorded-runs";

/** Recorded results of the study, of policies before and after GRPO on full tests. */
export interface RecordedPass {
  /** One per seed, from before the training on. */
  curves: PassCurve[];
  /** Means over seeds, 0 to 1. */
  before: number;
  after: number;
  seeds: number;
}

/** Held-out pass@1 as `apps/studies/deepseek-coder-v2` has recorded it. */
export function recordedPass(): RecordedPass {
  const runs = recordedRuns<CoderSettings, CoderResult>("deepseek-coder-v2");
  const policies = (variant: string) =>
    resultsOf(runs, variant).flatMap(({ policy }) => policy ?? []);
  const [before, after] = [policies("policy-base"), policies("policy-full")];
  const mean = (all: typeof before) => estimate(all.map(({ passAt1 }) => passAt1)).mean;
  const curves = after.map(({ curve, passAt1 }, i) => [
    { step: 0, passAt1: before[i]!.passAt1 },
    ...curve.slice(0, -1).map((point) => ({ step: point.step, passAt1: point.passAt1 })),
    { step: curve.at(-1)!.step, passAt1 }, // measured with as many samples as before
  ]);
  return { curves, before: mean(before), after: mean(after), seeds: after.length };
}
