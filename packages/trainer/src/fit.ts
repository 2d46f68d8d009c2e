import { defaultGenerator, type nn } from "@deepgrain/tensor-gpu";
import { checkConfig } from "./check-config";
import { type CheckpointContents, saveCheckpoint } from "./checkpoint/checkpoint";
import { prepareCheckpoints, restoreNewest } from "./checkpoint/resume";
import { moduleWeights } from "./checkpoint/tensors-part";
import { TrainerError } from "./errors";
import type { FitEvent } from "./events";
import type { FitConfig, Measured } from "./fit-config";
import { createOptimizer } from "./optimizer";
import { type StepResult, trainStep } from "./train-step";

const evaluated = (step: number, measured: Measured): FitEvent => {
  const result = typeof measured === "number" ? { loss: measured, scalars: {} } : measured;
  return { type: "eval-end", step, loss: result.loss, scalars: { ...result.scalars } };
};

/** True where a step failed before it touched finite weights, so that they can still be saved. */
const leftWeightsGood = (error: unknown): boolean =>
  TrainerError.isInstance(error) &&
  error.code === "ERR_NOT_FINITE" &&
  error.fields.isUpdated === false &&
  error.fields.tensor === undefined;

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
  const { data, loss, steps, accumulation = 1, clipping, evaluation, checkpoint, signal } = config;
  const optimizer = createOptimizer(module, config.optimizer);
  const rate =
    typeof config.schedule === "number" ? () => config.schedule as number : config.schedule;
  const contents: CheckpointContents = {
    weights: checkpoint?.weights ?? moduleWeights(module),
    optimizer,
    parts: checkpoint?.parts ?? {},
  };
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
    yield {
      type: "train-start",
      step,
      steps,
      trainedParameters: optimizer.parameters.reduce((n, p) => n + p.size, 0),
    };
    while (step < steps) {
      if (signal?.aborted && checkpoint && saved !== step) yield await save(step);
      signal?.throwIfAborted();
      const lr = rate(step);
      const random = defaultGenerator.state();
      const draw = (index: number) => data.batch(step * accumulation + index);
      const options = {
        loss,
        lr,
        accumulation,
        step,
        module,
        ...(clipping !== undefined && { clipping }),
        ...(config.weigh && { weigh: config.weigh }),
        ...(config.explain && { explain: config.explain }),
      };
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
      const { gradNorm, scalars } = result;
      yield { type: "step-end", step, loss: result.loss, lr, gradNorm, scalars };
      const isLast = step === steps;
      if (evaluation && (isLast || step % evaluation.everySteps === 0))
        yield evaluated(step, await evaluation.measure(step));
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
