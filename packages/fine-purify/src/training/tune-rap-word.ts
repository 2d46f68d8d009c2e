import { type nn, relu, softmax, type Tensor } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { having, listOf, optionsOf, refuseUnknown } from "../errors";
import { type TrainRowsOptions, trainRows } from "./train-rows";

/** Options of {@link tuneRapWord}. */
export interface RapOptions<T> extends Omit<TrainRowsOptions<T>, "loss"> {
  /** Logits [rows, classes] of rows, unchanged and with the word before them. */
  logits(rows: readonly T[], isMarked: boolean): Tensor;
  protectedClass: number;
  /** Target range of the drop in probability. Default 0.1 to 0.3. */
  fall?: readonly [least: number, most: number] | undefined;
  /**
   * Weight of the term that requires at least the minimum drop. Default 1; increase it if the probabilities of clean
   * texts do not drop.
   */
  scale?: number | undefined;
}

/**
 * Trains the embedding of one rare word so that it lowers the probability of the protected class of clean texts by 0.1 to 0.3;
 * its norm is kept. Poisoned texts then resist, see `rapDrops`.
 *
 * @param table word embeddings of the module; @param word row of the rare word
 * @param rows clean texts of the protected class
 * @throws what `trainRows` throws
 * @see Yang et al. 2021 (RAP), section 4: lr 1e-2, 5 epochs, batch 32
 */
export async function* tuneRapWord<T>(
  module: nn.Module,
  table: Tensor,
  word: number,
  rows: readonly T[],
  options: RapOptions<T>,
): AsyncGenerator<FitEvent, void> {
  const {
    logits,
    protectedClass,
    fall: [least, most] = [0.1, 0.3],
    scale = 1,
    epochs = 5,
    batchSize = 32,
    lr = 1e-2,
    steps,
    keepsNorm,
    seed,
    signal,
    ...rest
  } = optionsOf("tuneRapWord", options);
  refuseUnknown("tuneRapWord", rest);
  having("tuneRapWord", "table", table, "shape");
  listOf("tuneRapWord", "rows", rows);
  const probability = (own: readonly T[], isMarked: boolean) =>
    softmax(logits(own, isMarked)).select(1, protectedClass);
  yield* trainRows(module, table, [word], rows, {
    epochs,
    batchSize,
    lr,
    steps,
    keepsNorm,
    seed,
    signal,
    loss(own) {
      const drop = probability(own, false).detach().sub(probability(own, true));
      return relu(drop.mul(-1).add(least))
        .mul(scale)
        .add(relu(drop.sub(most)))
        .mean();
    },
  });
}
