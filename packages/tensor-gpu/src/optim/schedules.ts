/** @file Learning-rate schedules: pure functions of the step, counted from 0. They can be multiplied or used directly. */

import { optionsOf, refuseUnknown, TensorError } from "../errors";
import { assertFinite, assertWhole } from "../tensor/sizes";

/** The learning rate of a step, counted from 0. */
export type Schedule = (step: number) => number;

export interface WarmupOptions {
  /** The highest rate. */
  peak: number;
  /** Steps of linear warm-up: step t has the factor min(1, t / warmup). Default 0. */
  warmup?: number | undefined;
}

/** @throws {TensorError} `ERR_RANGE` for the first value that is not a finite number of at least 0 */
function assertAll(op: string, settings: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(settings)) assertFinite(op, name, value, { least: 0 });
}

const warm = (step: number, warmup: number): number =>
  warmup > 0 ? Math.min(1, step / warmup) : 1;

/** A constant rate after the warm-up. @throws {TensorError} `ERR_RANGE`, as all schedules, for settings below 0 */
export function constantSchedule(options: WarmupOptions): Schedule {
  const { peak, warmup = 0, ...rest } = optionsOf("constantSchedule", options);
  refuseUnknown("constantSchedule", rest);
  assertAll("constantSchedule", { peak, warmup });
  return (step) => peak * warm(step, warmup);
}

/**
 * Multiplies by `gamma` at each milestone.
 * @param options.milestones steps, or shares of `total` where below 1: [0.8, 0.9] is DeepSeek's
 * @param options.gamma default 0.316
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 2.3
 */
export function multiStepSchedule(
  options: WarmupOptions & {
    milestones?: readonly number[] | undefined;
    gamma?: number | undefined;
    total?: number | undefined;
  },
): Schedule {
  const {
    peak,
    warmup = 0,
    milestones = [0.8, 0.9],
    gamma = 0.316,
    total,
    ...rest
  } = optionsOf("multiStepSchedule", options);
  refuseUnknown("multiStepSchedule", rest);
  assertAll("multiStepSchedule", { peak, warmup, gamma, total: total ?? 0 });
  assertAll("multiStepSchedule", { ...milestones });
  const marks = milestones.map((mark) => {
    if (mark >= 1 || mark <= 0) return mark;
    if (total === undefined)
      throw new TensorError(
        "ERR_RANGE",
        "multiStepSchedule: milestones below 1 are shares and need total",
      );
    return mark * total;
  });
  return (step) => peak * warm(step, warmup) * gamma ** marks.filter((mark) => step >= mark).length;
}

/** Half a cosine from `peak` after the warm-up down to `floor` (default 0) at `total` steps. */
export function cosineSchedule(
  options: WarmupOptions & { total: number; floor?: number },
): Schedule {
  const { peak, warmup = 0, total, floor = 0, ...rest } = optionsOf("cosineSchedule", options);
  refuseUnknown("cosineSchedule", rest);
  assertAll("cosineSchedule", { peak, warmup, total, floor });
  return (step) => {
    if (step < warmup) return peak * warm(step, warmup);
    const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
    return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
  };
}

/**
 * Half cosines from `peak` down to `floor`, each starting again at `peak`: the first takes `t0` steps after the warm-up,
 * each following one `tMult` times as many as the one before.
 * @param options.t0 a whole number of at least 1
 * @param options.tMult a whole number of at least 1, default 1
 * @param options.floor default 0
 * @throws {TensorError} `ERR_RANGE`, also for a step that is not a finite number
 * @see Loshchilov and Hutter 2017 (SGDR), equation 5
 */
export function cosineRestartsSchedule(
  options: WarmupOptions & { t0: number; tMult?: number; floor?: number },
): Schedule {
  const {
    peak,
    warmup = 0,
    t0,
    tMult = 1,
    floor = 0,
    ...rest
  } = optionsOf("cosineRestartsSchedule", options);
  refuseUnknown("cosineRestartsSchedule", rest);
  assertAll("cosineRestartsSchedule", { peak, warmup, floor });
  assertWhole("cosineRestartsSchedule", "t0", t0, { least: 1 });
  assertWhole("cosineRestartsSchedule", "tMult", tMult, { least: 1 });
  return (step) => {
    assertFinite("cosineRestartsSchedule", "step", step);
    if (step < warmup) return peak * warm(step, warmup);
    let [at, length] = [step - warmup, t0];
    if (tMult === 1) at %= t0;
    else
      while (at >= length) {
        at -= length;
        length *= tMult;
      }
    return floor + (peak - floor) * 0.5 * (1 + Math.cos((Math.PI * at) / length));
  };
}

/**
 * floor + (peak − floor)·(1 − progress)^power from the end of the warm-up to `total` steps, then `floor`.
 * @param options.power at least 0, default 1: a straight line
 * @param options.floor default 0
 * @throws {TensorError} `ERR_RANGE`
 */
export function polynomialSchedule(
  options: WarmupOptions & { total: number; power?: number; floor?: number },
): Schedule {
  const {
    peak,
    warmup = 0,
    total,
    power = 1,
    floor = 0,
    ...rest
  } = optionsOf("polynomialSchedule", options);
  refuseUnknown("polynomialSchedule", rest);
  assertAll("polynomialSchedule", { peak, warmup, total, power, floor });
  return (step) => {
    if (step < warmup) return peak * warm(step, warmup);
    const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
    return floor + (peak - floor) * (1 - progress) ** power;
  };
}

/**
 * Warm-up, stable, decay: `peak` until the last `decay` steps, then linearly to `floor` (default 0).
 * @see Hu et al. 2024 (MiniCPM), section 4
 */
export function wsdSchedule(
  options: WarmupOptions & { total: number; decay: number; floor?: number },
): Schedule {
  const { peak, warmup = 0, total, decay, floor = 0, ...rest } = optionsOf("wsdSchedule", options);
  refuseUnknown("wsdSchedule", rest);
  assertAll("wsdSchedule", { peak, warmup, total, decay, floor });
  return (step) => {
    if (step < total - decay) return peak * warm(step, warmup);
    return floor + (peak - floor) * Math.max(0, (total - step) / Math.max(1, decay));
  };
}

/** From `startFactor`·peak linearly to `endFactor`·peak over `steps`, then flat. */
export function linearSchedule(options: {
  peak: number;
  startFactor: number;
  endFactor?: number | undefined;
  steps: number;
}): Schedule {
  const { peak, startFactor, endFactor = 1, steps, ...rest } = optionsOf("linearSchedule", options);
  refuseUnknown("linearSchedule", rest);
  assertAll("linearSchedule", { peak, startFactor, endFactor, steps });
  const share = (step: number) => (steps > 0 ? Math.min(1, step / steps) : 1);
  return (step) => peak * (startFactor + (endFactor - startFactor) * share(step));
}

/** peak·gamma^step */
export function exponentialSchedule(options: { peak: number; gamma: number }): Schedule {
  const { peak, gamma, ...rest } = optionsOf("exponentialSchedule", options);
  refuseUnknown("exponentialSchedule", rest);
  assertAll("exponentialSchedule", { peak, gamma });
  return (step) => peak * gamma ** step;
}
