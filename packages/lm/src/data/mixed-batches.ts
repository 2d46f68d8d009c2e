import { optionsOf, refuseUnknown } from "../errors";
import type { LabelledBatch } from "../model/token-batch";
import { joinBatches } from "./join-batches";
import type { PackedBatch } from "./pack-whole";

/** Data of single rows. */
type Rows = { batch(position: number): LabelledBatch };

/**
 * Batches of which a share of the rows is general data: over the batches so far the share is kept to the nearest row below, so
 * that it holds for batches of one as well. Both kinds are read in their own order, without a gap.
 *
 * @param task one row per position, all of one length
 * @param general rows of the same length
 * @param options.batchSize rows per batch
 * @param options.share of the rows that are general, from 0 to below 1
 */
export function mixedBatches(
  task: Rows,
  general: Rows,
  options: { batchSize: number; share: number },
): { batch(position: number): PackedBatch } {
  const { batchSize, share, ...rest } = optionsOf("mixedBatches", options);
  refuseUnknown("mixedBatches", rest);
  const generalBefore = (position: number) => Math.floor(share * batchSize * position + 1e-9);
  return {
    batch(position) {
      const from = generalBefore(position);
      const count = generalBefore(position + 1) - from;
      const first = position * batchSize - from;
      const own = Array.from({ length: batchSize - count }, (_, i) => task.batch(first + i));
      const others = Array.from({ length: count }, (_, i) => general.batch(from + i));
      return joinBatches([...own, ...others]);
    },
  };
}
