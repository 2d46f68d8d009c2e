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

/** What positions depend on besides the tokens. */
interface PositionOptions {
  attentionMask?: ArrayLike<number>;
  /** Positions that the caller chose. */
  places?: ArrayLike<number>;
  cache?: KvCache;
}

/**
 * Positions of a batch: those given, else the cumulative sum of the mask less one, 0 for padding; plain counting without
 * a mask.
 * @throws {LmError} `ERR_SHAPE` when the mask does not cover the cached and the new tokens, or the positions not the new
 *   ones; `ERR_RANGE` for a position that is not a whole number of at least 0
 */
export function positionsOf(tokens: TokenBatch, options: PositionOptions): BatchPositions {
  const counted = countedPositions(tokens, options);
  const { places } = options;
  return places ? { ...counted, ...chosenPositions(tokens, places) } : counted;
}

function chosenPositions(
  { batch, length }: TokenBatch,
  places: ArrayLike<number>,
): Pick<BatchPositions, "positions" | "positionLimit"> {
  if (places.length !== batch * length)
    throw new LmError(
      "ERR_SHAPE",
      `lm: ${batch}×${length} tokens need ${batch * length} positions, got ${places.length}`,
    );
  let limit = 1;
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!;
    if (!Number.isSafeInteger(place) || place < 0)
      throw new LmError(
        "ERR_RANGE",
        `lm: positions must be whole numbers of at least 0, got ${place} at ${i}`,
        { fields: { index: i, position: place } },
      );
    limit = Math.max(limit, place + 1);
  }
  const positions = tensor(Int32Array.from(places), { shape: [batch, length] });
  return { positions, positionLimit: limit };
}

function countedPositions(
  { batch, length }: TokenBatch,
  { attentionMask, cache }: PositionOptions,
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
