import type { OptionNames } from "@deepgrain/support";
import type { TrainingData } from "@deepgrain/trainer";
import { PurifyError } from "../errors";
import { knownOptions } from "../known-options";
import { seededRandom, shuffled } from "../random";

/** How a clean set is split into batches. */
export interface BatchOptions {
  /** Rows per step. Default 8. */
  batchSize?: number;
  /** Seed of the order of the rows, which changes every epoch. Default 0. */
  seed?: number;
}

export const batchOptionNames: OptionNames<BatchOptions> = {
  batchSize: true,
  seed: true,
};

/**
 * Batches of rows by position, each epoch in its own order; the last rows of an epoch that do not fill a batch are left
 * out, unless the set is smaller than one batch.
 *
 * @throws {PurifyError} `ERR_DATA` for no rows, `ERR_RANGE`
 */
export function epochBatches<T>(
  rows: readonly T[],
  options: BatchOptions = {},
): TrainingData<T[]> & { perEpoch: number } {
  const { batchSize = 8, seed = 0 } = knownOptions("epochBatches", options, batchOptionNames);
  if (rows.length === 0) throw new PurifyError("ERR_DATA", "fine-purify: the clean data are empty");
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new PurifyError(
      "ERR_RANGE",
      `fine-purify: batchSize must be at least 1, got ${batchSize}`,
    );
  const size = Math.min(batchSize, rows.length);
  const perEpoch = Math.floor(rows.length / size);
  let last: { epoch: number; order: T[] } | undefined;
  return {
    perEpoch,
    batch(position) {
      const epoch = Math.floor(position / perEpoch);
      if (last?.epoch !== epoch)
        last = { epoch, order: shuffled(rows, seededRandom(seed * 7919 + epoch)) };
      const start = (position % perEpoch) * size;
      return last.order.slice(start, start + size);
    },
  };
}
