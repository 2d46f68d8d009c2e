import { defaultGenerator, type nn } from "@deepgrain/tensor-gpu";
import { saveCheckpoint } from "./checkpoint/checkpoint";
import { moduleWeights } from "./checkpoint/part";
import { prepareCheckpoints, restoreNewest, type SkippedCheckpoint } from "./checkpoint/resume";
import { TrainerError } from "./errors";
import { checkConfig, type FitCheckpoint, type FitConfig } from "./fit-config";
import { createOptimizer } from "./optimizer";
import { type StepResult, trainStep } from "./train-step";

/** What training reports. Steps count from 1: the number of steps done. */
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
 * Trains a module: steps over its tensors that want gradients, with clipping, a schedule, evaluation and checkpoints.
 * A resumed run continues to the result the undisturbed run would have reached, on the same number of threads.
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
  checkConfig(config);
  const { data, loss, steps, schedule, accumulation = 1, clipping, weigh, explain } = config;
  const { evaluation, checkpoint, signal } = config;
  const optimizer = createOptimizer(module, config.optimizer);
  const { weights = moduleWeights(module), parts = {} }: Partial<FitCheckpoint> = checkpoint ?? {};
  const contents = { weights, optimizer, parts };
  const save = async (step: number): Promise<FitEvent> => {
    const path = await saveCheckpoint(checkpoint!.folder, step, contents, checkpoint);
    return { type: "checkpoint-end", step, path };
  };
  let step = 0;
  let saved = -1;
  try {
    if (checkpoint) {
      await prepareCheckpoints(checkpoint.folder, config.resume === true);
      if (config.resume) step = yield* restoreNewest(checkpoint.folder, contents);
      if (step > 0) saved = step;
    }
    module.train();
    const trainedParameters = optimizer.parameters.reduce((sum, { size }) => sum + size, 0);
    yield { type: "train-start", step, steps, trainedParameters };
    while (step < steps) {
      if (signal?.aborted && checkpoint && saved !== step) yield await save(step);
      signal?.throwIfAborted();
      const lr = typeof schedule === "number" ? schedule : schedule(step);
      const random = defaultGenerator.state();
      const draw = (index: number) => data.batch(step * accumulation + index);
      const options = { loss, lr, clipping, accumulation, step, module, weigh, explain };
      let result: StepResult;
      try {
        result = await trainStep(optimizer, draw, options);
      } catch (error) {
        if (checkpoint && step > Math.max(saved, 0) && leftWeightsGood(error)) {
          defaultGenerator.restore(random); // as before the failed step, which a resumed run repeats
          yield await save(step);
        }
        throw error;
      }
      step++;
      await config.afterStep?.(step);
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
    optimizer.dispose();
    module.zeroGrad();
  }
}
