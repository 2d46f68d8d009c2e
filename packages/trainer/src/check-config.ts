import { checkPartNames } from "./checkpoint/checkpoint";
import { TrainerError } from "./errors";
import type { FitConfig } from "./fit-config";

/** The settings of `fit` that can be out of range. */
type Checked = Pick<
  FitConfig<unknown>,
  "steps" | "accumulation" | "clipping" | "evaluation" | "checkpoint"
>;

/** @throws {TrainerError} `ERR_RANGE` naming the setting and what it must be; `ERR_ARGUMENT` for the name of a part */
export function checkConfig(config: Checked): void {
  const { steps, accumulation = 1, clipping = 1, evaluation, checkpoint } = config;
  const whole = (name: string, value: number, least: number) => {
    if (!Number.isSafeInteger(value) || value < least)
      throw rangeError(name, `a whole number of at least ${least}`, value);
  };
  whole("steps", steps, 0);
  whole("accumulation", accumulation, 1);
  if (evaluation) whole("evaluation.everySteps", evaluation.everySteps, 1);
  if (checkpoint) {
    whole("checkpoint.everySteps", checkpoint.everySteps, 1);
    whole("checkpoint.keep", checkpoint.keep ?? 2, 1);
    checkPartNames(checkpoint.parts ?? {});
  }
  if (!(clipping > 0)) throw rangeError("clipping", "above 0", clipping);
}

const rangeError = (name: string, wanted: string, value: unknown): TrainerError =>
  new TrainerError("ERR_RANGE", `trainer/fit: ${name} must be ${wanted}, got ${value}`, {
    fields: { [name]: value },
  });
