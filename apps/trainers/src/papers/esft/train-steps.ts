import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, type TrainConfig, type TrainingData, train } from "@deepgrain/lm";
import { optim } from "@deepgrain/tensor-gpu";
import { nextTurn } from "../../cli/next-turn";

/** A training with a cosine schedule, as data. */
export interface Recipe extends Omit<TrainConfig, "schedule"> {
  steps: number;
  /** Peak learning rate; the last step has a tenth of it. */
  peak: number;
  /** Share of the steps in which the rate rises. */
  warmup: number;
  /** What share of the run these steps are, 0 to 1. */
  share: number;
}

/**
 * Trains a model.
 * @yields progress, step by step
 * @returns the losses of the evaluations
 * @throws the signal's reason on abort, after saving a checkpoint where the recipe has one
 */
export async function* trainSteps(
  model: CausalLM,
  data: TrainingData,
  { steps, peak, warmup, share, ...options }: Recipe,
): AsyncGenerator<RunEvent, { step: number; loss: number }[], void> {
  const curve: { step: number; loss: number }[] = [];
  const rise = Math.ceil(warmup * steps);
  const schedule = optim.cosineSchedule({ peak, warmup: rise, total: steps, floor: peak / 10 });
  for await (const event of train(model, data, { ...options, steps, schedule })) {
    if (event.type === "eval-end") curve.push({ step: event.step, loss: event.loss });
    if (event.type === "step-end") {
      const message = `loss ${event.loss.toFixed(3)}`;
      yield { type: "progress", done: (share * event.step) / steps, message };
    } else await nextTurn();
  }
  return curve;
}
