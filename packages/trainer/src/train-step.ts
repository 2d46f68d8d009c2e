import { type nn, tidy } from "@deepgrain/tensor-gpu";
import { fail, functionOf, optionsOf, refuseUnknown } from "./errors";
import { detached, type LossFunction, read, splitLoss } from "./loss";
import { firstBadGradient, gradientError, lossError } from "./not-finite";
import type { Optimizer } from "./optimizer";

/** Options of {@link trainStep}. */
export interface TrainStepOptions<Batch> {
  /** The scalar to lower, with further scalars if there are any. */
  loss: LossFunction<Batch>;
  /** Learning rate of this step. */
  lr: number;
  /** Joint gradient norm above which gradients are scaled down. Default 1; Infinity for never. */
  maxGradNorm?: number | undefined;
  /** Batches whose gradients are averaged into the step. Default 1. */
  gradientAccumulation?: number | undefined;
  /**
   * Weight of a batch in that average, at least 0: the number of things its loss is a mean over, so that the step's loss
   * is the mean over all of them. The step's batches are then drawn before the first is used; one that weighs nothing is
   * skipped. Default: all weigh the same.
   */
  weigh?: ((batch: Batch) => number) | undefined;
  /** Steps done before, counted from 0; passed to the loss and named in errors. Default 0. */
  step?: number | undefined;
  /** Gives errors the names of tensors. */
  module?: nn.Module | undefined;
  /** Names the first tensor of a batch's forward pass that is not finite; asked where the loss is not, but all weights are. */
  explain?: ((batch: Batch) => Promise<string | undefined> | string | undefined) | undefined;
  /** Called when all gradients are there, before the weights change. */
  onGradients?: (() => void) | undefined;
}

/** The measurements of a step. */
export interface StepResult {
  /** Mean loss of the step's batches, each by its weight; 0 where none weighs anything. */
  loss: number;
  /** Joint norm of the gradients before clipping. */
  gradNorm: number;
  /** The loss's further scalars, each a mean over the step's batches. */
  scalars: Record<string, number>;
}

/** The step's batches, each with its share of their weight: drawn one by one, or with `weigh` all before the first. */
async function* sharedBatches<Batch>(
  draw: (index: number) => Batch | Promise<Batch>,
  {
    gradientAccumulation: count = 1,
    weigh,
  }: Pick<TrainStepOptions<Batch>, "gradientAccumulation" | "weigh">,
): AsyncGenerator<{ batch: Batch; share: number }, void> {
  const weighed: { batch: Batch; weight: number }[] = [];
  for (let index = 0; index < count; index++) {
    const batch = await draw(index);
    if (!weigh) yield { batch, share: 1 / count };
    const weight = weigh?.(batch) ?? 0;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      const message = `trainer/trainStep: a batch must weigh a finite number of at least 0, got ${weight}`;
      fail("ERR_RANGE", message, { weight, index });
    }
    if (weight > 0) weighed.push({ batch, weight });
  }
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  for (const { batch, weight } of weighed) yield { batch, share: weight / total };
}

/** Sums the gradients of one step's batches. Returns the mean of loss and scalars, and the first batch whose loss is not finite. */
async function accumulate<Batch>(
  draw: (index: number) => Batch | Promise<Batch>,
  options: Pick<TrainStepOptions<Batch>, "loss" | "step" | "gradientAccumulation" | "weigh">,
): Promise<Pick<StepResult, "loss" | "scalars"> & { bad: Batch | undefined }> {
  const { loss, step = 0 } = options;
  const scalars: Record<string, number> = {};
  let mean = 0;
  let bad: Batch | undefined;
  for await (const { batch, share } of sharedBatches(draw, options)) {
    const values = tidy(() => {
      const out = splitLoss(loss(batch, step));
      (share === 1 ? out.loss : out.loss.mul(share)).backward();
      return detached(out);
    });
    const own = await read(values.loss);
    if (!Number.isFinite(own)) bad ??= batch;
    mean += own * share;
    for (const [name, value] of Object.entries(values.scalars))
      scalars[name] = (scalars[name] ?? 0) + (await read(value)) * share;
  }
  return { loss: mean, scalars, bad };
}

/**
 * Makes one optimiser step: forward and backward passes of its batches, clipping, the update, and clearing of the
 * gradients.
 *
 * @param draw gives the step's batches one after the other, by their number from 0
 * @returns loss, gradient norm and scalars, read back
 * @throws {TrainerError} `ERR_NOT_FINITE` for a loss that is NaN or infinite, before the weights change, and for such a
 *   gradient, after they changed; `fields.isUpdated` tells which, `fields.tensor` names the first tensor
 */
export async function trainStep<Batch>(
  optimizer: Optimizer,
  draw: (index: number) => Batch | Promise<Batch>,
  options: TrainStepOptions<Batch>,
): Promise<StepResult> {
  const {
    loss,
    lr,
    maxGradNorm = 1,
    gradientAccumulation,
    weigh,
    step = 0,
    module,
    explain,
    onGradients,
    ...rest
  } = optionsOf("trainStep", options);
  refuseUnknown("trainStep", rest);
  functionOf("trainStep", "draw", draw);
  const batches = { loss, step, gradientAccumulation, weigh };
  const { bad: badBatch, ...means } = await accumulate(draw, batches);
  if (!Number.isFinite(means.loss)) {
    const where = () => (badBatch === undefined ? undefined : explain?.(badBatch));
    throw await lossError(means.loss, step, module, where);
  }
  onGradients?.();
  const norm = optimizer.step({ lr, maxGradNorm })!;
  const gradNorm = await read(norm);
  const isGood = Number.isFinite(gradNorm);
  const bad = isGood ? undefined : await firstBadGradient(optimizer.parameters, module);
  optimizer.zeroGrad();
  if (bad !== undefined) throw gradientError(bad, gradNorm, step);
  return { ...means, gradNorm };
}
