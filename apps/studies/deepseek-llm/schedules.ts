import type { RunEvent } from "@deepgrain/lab";
import { stageReuse } from "@deepgrain/scaling-laws";
import { optim } from "@deepgrain/tensor-gpu";
import type { TrainingShape } from "./recipe";
import type { ScheduleResult } from "./result";
import { startTraining, type TrainingSetup, warmupOf } from "./training";
import { type ScheduleKind, splits } from "./variants";

/**
 * Trains to a length and to twice that length with one schedule, and counts the steps that this takes. `multi-step` goes on
 * from the end of the first stage of the shorter training; `cosine` starts again; `cosine-continued` goes on from the end of
 * the shorter training with a new half cosine. The splits of a multi-step schedule are trained to the one length only.
 *
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 2.3
 */
export async function* compareSchedule(
  kind: ScheduleKind,
  shape: TrainingShape,
  setup: TrainingSetup,
): AsyncGenerator<RunEvent, ScheduleResult, void> {
  const { steps, lr: peak } = shape;
  const warmup = warmupOf(steps);
  const floor = peak / 10;
  const training = startTraining(shape, setup);
  const start = await training.snapshot();
  const cosine = (total: number) => optim.cosineSchedule({ peak, warmup, total, floor });
  const multiStep = (total: number) => optim.multiStepSchedule({ peak, warmup, total });
  try {
    if (kind === "multi-step") {
      const { branches, totalSteps } = stageReuse([steps, 2 * steps], { warmup });
      yield* training.advance(branches[0]!.branchAt, multiStep(steps), totalSteps);
      const trunk = await training.snapshot();
      yield* training.advance(steps, multiStep(steps), totalSteps);
      const short = await training.measure();
      training.restore(trunk);
      yield* training.advance(2 * steps, multiStep(2 * steps), totalSteps);
      return { short, long: await training.measure(), steps: totalSteps };
    }
    if (kind !== "cosine" && kind !== "cosine-continued") {
      const milestones = splits[kind];
      const rate = optim.multiStepSchedule({ peak, warmup, total: steps, milestones });
      yield* training.advance(steps, rate);
      return { short: await training.measure(), long: null, steps };
    }
    yield* training.advance(steps, cosine(steps), 3 * steps);
    const short = await training.measure();
    if (kind === "cosine") training.restore(start);
    const again = optim.cosineSchedule({ peak, total: steps, floor });
    const rate = kind === "cosine" ? cosine(2 * steps) : (step: number) => again(step - steps);
    yield* training.advance(2 * steps, rate, 3 * steps);
    return {
      short,
      long: await training.measure(),
      steps: kind === "cosine" ? 3 * steps : 2 * steps,
    };
  } finally {
    training.dispose();
  }
}
