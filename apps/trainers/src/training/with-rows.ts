import type { LabelledBatch } from "@deepgrain/lm";

/**
 * A batch with rows of running text behind its own, every token of which is trained.
 * @param ids any number of rows of the batch's length
 */
export function withRows(batch: LabelledBatch, ids: Int32Array): LabelledBatch {
  const { ids: own, labels = own, attentionMask, segments, length } = batch;
  const extended = (numbers: ArrayLike<number>, more: Int32Array): Int32Array => {
    const all = new Int32Array(numbers.length + more.length);
    all.set(Array.isArray(numbers) ? Int32Array.from(numbers) : numbers);
    all.set(more, numbers.length);
    return all;
  };
  return {
    ids: extended(own, ids),
    labels: extended(labels, ids),
    ...(attentionMask && {
      attentionMask: extended(attentionMask, new Int32Array(ids.length).fill(1)),
    }),
    ...(segments && { segments: extended(segments, new Int32Array(ids.length)) }),
    batch: batch.batch + ids.length / length,
    length,
  };
}
