import { optionsOf, real, refuseUnknown, ScalingLawsError, whole } from "../errors";

/** A multi-step learning-rate schedule. */
export interface MultiStepOptions {
  /** All steps of the training. */
  steps: number;
  /** Highest rate. */
  peak: number;
  /** Steps of linear warm-up (default 2000). */
  warmup?: number | undefined;
  /** Shares of the stages, summing to 1 (default 0.8, 0.1, 0.1). */
  split?: readonly number[] | undefined;
  /** Each stage multiplies the rate by this (default 0.316, so that two give about a tenth). */
  gamma?: number | undefined;
}

/** Steps from `from` (counted from 0) to below `to`, at `rate` (in the first stage after the warm-up). */
export interface Stage {
  from: number;
  to: number;
  rate: number;
}

/** The first step of each stage, and the number of all steps at the end. */
export function stageBounds(where: string, steps: number, split: readonly number[]): number[] {
  whole(where, "steps", steps, { min: 1 });
  const total = split.reduce((sum, share) => sum + share, 0);
  if (split.length === 0 || split.some((share) => !(share > 0)) || Math.abs(total - 1) > 1e-9)
    throw new ScalingLawsError(
      "ERR_RANGE",
      `scaling-laws/${where}: split must be shares above 0 that sum to 1, got [${split.join(", ")}]`,
      { fields: { split: [...split] } },
    );
  const upTo = (stage: number) => split.slice(0, stage).reduce((sum, share) => sum + share, 0);
  return [...split, 0].map((_, stage) => Math.round(upTo(stage) * steps));
}

/**
 * The stages of a multi-step schedule: 80 % of the steps at the peak, 10 % at 0.316 of it, 10 % at about a tenth.
 *
 * @returns stages in order; the warm-up is inside the first
 * @throws {ScalingLawsError} `ERR_RANGE` for steps, peak, warm-up or shares out of range
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 2.3
 */
export function multiStepStages(options: MultiStepOptions): Stage[] {
  return scheduleOf("multiStepStages", options).stages;
}

function scheduleOf(where: string, options: MultiStepOptions) {
  const {
    steps,
    peak,
    warmup = 2000,
    split = [0.8, 0.1, 0.1],
    gamma = 0.316,
    ...rest
  } = optionsOf(where, options);
  refuseUnknown(where, rest);
  real(where, "peak", peak, { above: 0 });
  real(where, "gamma", gamma, { above: 0 });
  whole(where, "warmup", warmup, { min: 0 });
  const bounds = stageBounds(where, steps, split);
  const stages = split.map(
    (_, i): Stage => ({ from: bounds[i]!, to: bounds[i + 1]!, rate: peak * gamma ** i }),
  );
  return { warmup, stages };
}

/**
 * The learning rate of a step, counted from 0: `peak · min(1, step/warmup) · gamma^stage`.
 *
 * @throws {ScalingLawsError} `ERR_RANGE` for a step that is not a whole number of at least 0, or options out of range
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 2.3
 */
export function multiStepRate(step: number, options: MultiStepOptions): number {
  const { warmup, stages } = scheduleOf("multiStepRate", options);
  whole("multiStepRate", "step", step, { min: 0 });
  const { rate } = stages.findLast((stage) => step >= stage.from)!;
  return rate * (warmup > 0 ? Math.min(1, step / warmup) : 1);
}
