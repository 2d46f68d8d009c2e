import type { TrainingData } from "@deepgrain/trainer";
import { optionsOf, PurifyError, refuseUnknown, whole } from "../errors";
import { seededRandom, shuffled } from "../random";

/** How a clean set is split into batches. */
export interface BatchOptions {
  /** Rows per step. Default 8. */
  batchSize?: number | undefined;
  /** Seed of the order of the rows, which changes every epoch. Default 0. */
  seed?: number | undefined;
}

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
  const { batchSize = 8, seed = 0, ...rest } = optionsOf("epochBatches", options);
  refuseUnknown("epochBatches", rest);
  if (rows.length === 0)
    throw new PurifyError("ERR_DATA", "epochBatches: the clean data are empty");
  whole("epochBatches", "batchSize", batchSize, { min: 1 });
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
