import { takeTurn } from "@deepgrain/support";
import type { nn } from "@deepgrain/tensor-gpu";
import { saveCheckpoint } from "./checkpoint/checkpoint";
import { removeOldCheckpoints } from "./checkpoint/folders";
import { moduleWeights } from "./checkpoint/part";
import { prepareCheckpoints, restoreNewest, type SkippedCheckpoint } from "./checkpoint/resume";
import { having, TrainerError } from "./errors";
import { checkConfig, type FitConfig } from "./fit-config";
import { createOptimizer } from "./optimizer";
import { RandomStream } from "./random-stream";
import { type StepResult, trainStep } from "./train-step";

/** An event of training. Steps count from 1: the number of steps done. */
export type FitEvent =
  | { type: "train-start"; step: number; steps: number; trainedParameters: number }
  | ({ type: "step-end"; step: number; lr: number } & StepResult)
  | { type: "eval-end"; step: number; loss: number; scalars: Record<string, number> }
  | { type: "checkpoint-end"; step: number; path: string }
  | SkippedCheckpoint
  | { type: "train-end"; step: number };

/** True where a step failed before it touched finite weights, so that they can still be saved. */
const leftWeightsGood = (error: unknown): boolean =>
  TrainerError.isInstance(error) && error.fields.isUpdated === false && !error.fields.tensor;

/**
 * Trains a module: steps over its tensors that require gradients, with clipping, a schedule, evaluation and checkpoints.
 * A resumed run continues to the result the undisturbed run would have reached, on the same number of threads. Between
 * steps the event loop gets a turn every 20 ms, so that timers, messages and other runs go on; no scope may be open
 * meanwhile.
 *
 * @yields small events; the caller draws
 * @throws {TrainerError} `ERR_RANGE` for settings out of range or nothing to train; `ERR_NOT_FINITE` for a loss or gradient
 *   that is not finite, naming the step and the first tensor, after the last good state was saved; `ERR_STATE` for checkpoints
 *   of an earlier run without `resume`; `ERR_FORMAT` when all checkpoints are damaged; `ERR_IO`; the signal's reason on abort
 */
export async function* fit<Batch>(
  module: nn.Module,
  config: FitConfig<Batch>,
): AsyncGenerator<FitEvent, void> {
  const settings = checkConfig(config);
  having("fit", "module", module, "namedParameters", "train");
  const { data, steps, gradientAccumulation, maxGradNorm, weigh, explain } = settings;
  const { evaluation, checkpoint, signal } = settings;
  const optimizer = createOptimizer(module, settings.optimizer);
  const generator = new RandomStream();
  const weights = checkpoint?.weights ?? moduleWeights(module);
  const contents = { weights, optimizer, parts: checkpoint?.parts ?? {}, generator };
  const loss: FitConfig<Batch>["loss"] = (batch, at) => {
    generator.enter();
    return settings.loss(batch, at);
  };
  const save = async (step: number): Promise<FitEvent> => {
    const path = await saveCheckpoint(checkpoint!.folder, step, contents, {
      keep: checkpoint!.keep,
    });
    return { type: "checkpoint-end", step, path };
  };
  let step = 0;
  let saved = -1;
  try {
    if (checkpoint) {
      await prepareCheckpoints(checkpoint.folder, settings.resume);
      if (settings.resume) step = yield* restoreNewest(checkpoint.folder, contents);
      if (step > 0) {
        saved = step;
        // A run may have been stopped before it deleted the one that the newest replaces.
        await removeOldCheckpoints(checkpoint.folder, step, checkpoint.keep);
      }
    }
    module.train();
    const trainedParameters = optimizer.parameters.reduce((sum, { size }) => sum + size, 0);
    yield { type: "train-start", step, steps, trainedParameters };
    while (step < steps) {
      await takeTurn();
      if (signal?.aborted && checkpoint && saved !== step) yield await save(step);
      signal?.throwIfAborted();
      const lr = typeof settings.lr === "number" ? settings.lr : settings.lr(step);
      const random = generator.state();
      const draw = (index: number) => data.batch(step * gradientAccumulation + index);
      const options = { loss, lr, maxGradNorm, gradientAccumulation, step, module, weigh, explain };
      let result: StepResult;
      try {
        result = await trainStep(optimizer, draw, options);
      } catch (error) {
        if (checkpoint && step > Math.max(saved, 0) && leftWeightsGood(error)) {
          generator.restore(random); // as before the failed step, which a resumed run repeats
          yield await save(step);
        }
        throw error;
      }
      step++;
      await settings.afterStep?.(step);
      yield { type: "step-end", step, lr, ...result };
      const isLast = step === steps;
      if (evaluation && (isLast || step % evaluation.everySteps === 0)) {
        const measured = await evaluation.measure(step);
        const means = typeof measured === "number" ? { loss: measured } : measured;
        yield { type: "eval-end", step, scalars: {}, ...means };
      }
      if (checkpoint && (isLast || step % checkpoint.everySteps === 0)) {
        yield await save(step);
        saved = step;
      }
    }
    yield { type: "train-end", step };
  } finally {
    generator.end();
    optimizer.dispose();
    module.zeroGrad();
  }
}
