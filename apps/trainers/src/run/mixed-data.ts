import type { LabelledBatch, PackedBatch } from "@deepgrain/lm";
import { joinBatches } from "@deepgrain/studies/shared/training/join-batches";

/** Data of single rows. */
type Rows = { batch(position: number): LabelledBatch };

/**
 * Batches of which a share of the rows is general data: over the batches so far the share is kept to the nearest row below, so
 * that it holds for batches of one as well. Both kinds are read in their own order, without a gap.
 *
 * @param task, general one row per position, of one length
 * @param options.share of the rows that are general, from 0 to below 1
 */
export function mixedData(
  task: Rows,
  general: Rows,
  { batchSize, share }: { batchSize: number; share: number },
): { batch(position: number): PackedBatch } {
  const generalBefore = (position: number) => Math.floor(share * batchSize * position + 1e-9);
  return {
    batch(position) {
      const [from, to] = [generalBefore(position), generalBefore(position + 1)];
      const first = position * batchSize - from;
      const own = Array.from({ length: batchSize - (to - from) }, (_, i) => task.batch(first + i));
      const others = Array.from({ length: to - from }, (_, i) => general.batch(from + i));
      return joinBatches([...own, ...others]);
    },
  };
}
