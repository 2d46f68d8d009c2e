import { type nn, tidy } from "@deepgrain/tensor-gpu";
import { TrainerError } from "./errors";
import { addScalars, detachScalars, type LossFunction, readScalars, splitLoss } from "./loss";
import { firstBadGradient, gradientError, lossError } from "./not-finite";
import type { Optimizer } from "./optimizer";

/** Options of {@link trainStep}. */
export interface TrainStepOptions<Batch> {
  loss: LossFunction<Batch>;
  /** Learning rate of this step. */
  lr: number;
  /** Joint gradient norm above which gradients are scaled down. Default 1; Infinity for never. */
  clipping?: number;
  /** Batches whose gradients are averaged into the step. Default 1. */
  accumulation?: number;
  /**
   * What a batch weighs in that average, at least 0: the number of things its loss is a mean over, so that the step's loss is
   * the mean over all of them. The step's batches are then drawn before the first is used; one that weighs nothing is
   * skipped. Default: all weigh the same.
   */
  weigh?: (batch: Batch) => number;
  /** Steps done before, counted from 0; passed to the loss and named in errors. Default 0. */
  step?: number;
  /** Gives errors the names of tensors. */
  module?: nn.Module;
  /** Names the first tensor of a batch's forward pass that is not finite; asked where the loss is not, but all weights are. */
  explain?: (batch: Batch) => Promise<string | undefined> | string | undefined;
  /** Called when all gradients are there, before the weights change. */
  onGradients?: () => void;
}

/** What a step measured. */
export interface StepResult {
  /** Mean loss of the step's batches, each by its weight; 0 where none weighs anything. */
  loss: number;
  /** Joint norm of the gradients before clipping. */
  gradNorm: number;
  /** The loss's further scalars, each a mean over the step's batches. */
  scalars: Record<string, number>;
}

/** Draws the step's batches and gives each its share of their joint weight. @throws {TrainerError} `ERR_RANGE` */
async function weighBatches<Batch>(
  draw: (index: number) => Batch | Promise<Batch>,
  count: number,
  weigh: (batch: Batch) => number,
): Promise<{ batch: Batch; share: number }[]> {
  const drawn: { batch: Batch; weight: number }[] = [];
  for (let i = 0; i < count; i++) {
    const batch = await draw(i);
    const weight = weigh(batch);
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new TrainerError(
        "ERR_RANGE",
        `trainer/trainStep: a batch must weigh a finite number of at least 0, got ${weight}`,
        { fields: { weight, index: i } },
      );
    drawn.push({ batch, weight });
  }
  const total = drawn.reduce((sum, { weight }) => sum + weight, 0);
  return drawn.map(({ batch, weight }) => ({ batch, share: total > 0 ? weight / total : 0 }));
}

/** Sums the gradients of one step's batches. Returns the mean of loss and scalars, and the first batch whose loss is not finite. */
async function accumulate<Batch>(
  draw: (index: number) => Batch | Promise<Batch>,
  { loss, accumulation: count = 1, weigh, step = 0 }: TrainStepOptions<Batch>,
): Promise<Pick<StepResult, "loss" | "scalars"> & { bad: Batch | undefined }> {
  const scalars: Record<string, number> = {};
  let mean = 0;
  let bad: Batch | undefined;
  const weighed = weigh && (await weighBatches(draw, count, weigh));
  for (let i = 0; i < count; i++) {
    const share = weighed ? weighed[i]!.share : 1 / count;
    if (share === 0) continue;
    const batch = weighed ? weighed[i]!.batch : await draw(i);
    const values = tidy(() => {
      const out = splitLoss(loss(batch, step));
      (share === 1 ? out.loss : out.loss.mul(share)).backward();
      return { loss: out.loss.detach(), scalars: detachScalars(out.scalars) };
    });
    const own = await values.loss.item();
    if (!Number.isFinite(own)) bad ??= batch;
    mean += own * share;
    values.loss.dispose();
    addScalars(scalars, await readScalars(values.scalars), share);
  }
  return { loss: mean, scalars, bad };
}

/**
 * Makes one optimiser step: forward and backward passes of its batches, clipping, the update, gradients forgotten.
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
  const { lr, clipping = 1, step = 0, module, onGradients } = options;
  const { bad: badBatch, ...means } = await accumulate(draw, options);
  if (!Number.isFinite(means.loss)) {
    const explain = badBatch === undefined ? undefined : () => options.explain?.(badBatch);
    throw await lossError(means.loss, step, { module, explain });
  }
  onGradients?.();
  const norm = optimizer.step({ lr, maxGradNorm: clipping })!;
  const gradNorm = await norm.item();
  norm.dispose();
  const bad = Number.isFinite(gradNorm)
    ? undefined
    : await firstBadGradient(optimizer.parameters, module);
  optimizer.zeroGrad();
  if (bad !== undefined) throw gradientError(bad, gradNorm, step);
  return { ...means, gradNorm };
}
