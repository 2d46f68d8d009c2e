import { type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import type { KvCache } from "./kv-cache";
import type { TokenBatch } from "./token-batch";

/** The label that counts for nothing. */
export const IGNORED_LABEL = -100;

export interface BatchPositions {
  positions: Tensor;
  positionLimit: number;
  keyMask: Tensor | null;
  tokenMask: Tensor | null;
}

/**
 * Positions of a batch: the cumulative sum of the mask less one, 0 for padding; plain counting without a mask.
 * @throws {LmError} `ERR_SHAPE` when the mask does not cover the cached and the new tokens
 */
export function positionsOf(
  { batch, length }: TokenBatch,
  { attentionMask, cache }: { attentionMask?: ArrayLike<number>; cache?: KvCache },
): BatchPositions {
  const past = cache?.length ?? 0;
  const keys = past + length;
  const places = new Int32Array(batch * length);
  if (!attentionMask) {
    for (let i = 0; i < places.length; i++) places[i] = past + (i % length);
    return {
      positions: tensor(places, { shape: [batch, length] }),
      positionLimit: keys,
      keyMask: null,
      tokenMask: null,
    };
  }
  if (attentionMask.length !== batch * keys)
    throw new LmError(
      "ERR_SHAPE",
      `lm: an attention mask of ${batch}×${keys} is needed (cached and new tokens), got ${attentionMask.length} numbers`,
    );
  const mask = Int32Array.from(attentionMask, (x) => (x ? 1 : 0));
  let limit = 1;
  for (let row = 0; row < batch; row++) {
    let seen = 0;
    for (let key = 0; key < keys; key++) {
      seen += mask[row * keys + key]!;
      if (key >= past) places[row * length + key - past] = mask[row * keys + key] ? seen - 1 : 0;
    }
    limit = Math.max(limit, seen);
  }
  const keyMask = tensor(mask, { shape: [batch, keys] });
  return {
    positions: tensor(places, { shape: [batch, length] }),
    positionLimit: limit,
    keyMask,
    tokenMask: keyMask.narrow(1, past, length),
  };
}

/**
 * What each place should predict: the next label, nothing at the end. int32 [batch, length].
 * @throws {LmError} `ERR_SHAPE` for labels of another size
 */
export function causalTargets(
  { ids, batch, length }: TokenBatch,
  labels: ArrayLike<number> | undefined,
  attentionMask: ArrayLike<number> | undefined,
): Tensor {
  if (labels && labels.length !== ids.length)
    throw new LmError("ERR_SHAPE", `lm: ${ids.length} labels are needed, got ${labels.length}`);
  const labelAt = (i: number) =>
    labels ? labels[i]! : attentionMask && !attentionMask[i] ? IGNORED_LABEL : ids[i]!;
  const targets = new Int32Array(ids.length).fill(IGNORED_LABEL);
  for (let row = 0; row < batch; row++)
    for (let t = 0; t + 1 < length; t++) targets[row * length + t] = labelAt(row * length + t + 1);
  return tensor(targets, { shape: [batch, length] });
}
