import { type nn, noGrad, tidy } from "@deepgrain/tensor-gpu";
import { TrainerError } from "./errors";
import { type LossFunction, splitLoss } from "./loss";

/**
 * The mean of a loss over batches, each of which weighs the same, in evaluation mode and without gradients.
 *
 * @param options.step passed to the loss. Default 0
 * @throws {TrainerError} `ERR_RANGE` when there is no batch; the signal's reason on abort
 */
export async function meanLoss<Batch>(
  module: nn.Module,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  loss: LossFunction<Batch>,
  { step = 0, signal }: { step?: number; signal?: AbortSignal } = {},
): Promise<number> {
  const wasTraining = module.training;
  module.eval();
  let [total, count] = [0, 0];
  try {
    for await (const batch of batches) {
      signal?.throwIfAborted();
      const value = tidy(() => noGrad(() => splitLoss(loss(batch, step)).loss));
      total += await value.item();
      value.dispose();
      count++;
    }
  } finally {
    module.train(wasTraining);
  }
  if (count === 0) throw new TrainerError("ERR_RANGE", "trainer/meanLoss: there are no batches");
  return total / count;
}
