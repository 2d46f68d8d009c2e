import type { LabelledBatch, PackedBatch } from "@deepgrain/lm";

type Numbers = ArrayLike<number>;

/**
 * The rows of several batches as one. Fields that only some of them have get defaults: no token is masked, each row is
 * one sequence.
 */
export function joinBatches(batches: readonly LabelledBatch[]): PackedBatch {
  const filled = batches.filter(({ batch }) => batch > 0);
  const { length } = filled[0]!;
  const joined = (part: (batch: LabelledBatch) => Numbers): Int32Array => {
    const parts = filled.map((own) => Int32Array.from(part(own)));
    const all = new Int32Array(parts.reduce((sum, own) => sum + own.length, 0));
    let at = 0;
    for (const own of parts) {
      all.set(own, at);
      at += own.length;
    }
    return all;
  };
  const has = (name: "segments" | "attentionMask") => filled.some((own) => own[name] !== undefined);
  const even = ({ ids }: LabelledBatch, value: number) => new Int32Array(ids.length).fill(value);
  return {
    ids: joined(({ ids }) => ids),
    labels: joined(({ ids, labels = ids }) => labels),
    ...(has("segments") && { segments: joined((own) => own.segments ?? even(own, 0)) }),
    ...(has("attentionMask") && {
      attentionMask: joined((own) => own.attentionMask ?? even(own, 1)),
    }),
    batch: filled.reduce((sum, own) => sum + own.batch, 0),
    length,
  };
}
