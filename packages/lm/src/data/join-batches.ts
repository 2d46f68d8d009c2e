import type { LabelledBatch } from "../model/token-batch";
import type { PackedBatch } from "./pack-whole";

/**
 * The rows of several batches as one. Fields that only some of them have get defaults: no token is masked, each row is
 * one sequence, every token is trained.
 */
export function joinBatches(batches: readonly LabelledBatch[]): PackedBatch {
  const filled = batches.filter(({ batch }) => batch > 0);
  const { length } = filled[0]!;
  const rows = filled.reduce((sum, { batch }) => sum + batch, 0);
  const joined = (part: (own: LabelledBatch) => ArrayLike<number> | number): Int32Array => {
    const all = new Int32Array(rows * length);
    let at = 0;
    for (const own of filled) {
      const values = part(own);
      if (typeof values === "number") all.fill(values, at, at + own.batch * length);
      else all.set(values, at);
      at += own.batch * length;
    }
    return all;
  };
  const has = (name: "segments" | "attentionMask") => filled.some((own) => own[name] !== undefined);
  return {
    ids: joined(({ ids }) => ids),
    labels: joined(({ ids, labels = ids }) => labels),
    segments: has("segments") ? joined(({ segments = 0 }) => segments) : undefined,
    attentionMask: has("attentionMask")
      ? joined(({ attentionMask = 1 }) => attentionMask)
      : undefined,
    batch: rows,
    length,
  };
}
