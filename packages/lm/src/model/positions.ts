import { type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { having, LmError } from "../errors";
import type { KvCache } from "./kv-cache";
import type { LabelledBatch, TokenBatch } from "./token-batch";

/** The label that is ignored. */
export const IGNORED_LABEL = -100;

export interface BatchPositions {
  positions: Tensor;
  positionLimit: number;
  keyMask: Tensor | null;
  tokenMask: Tensor | null;
  /** [batch, seq], null if each row is one segment. */
  segments: Tensor | null;
}

/** The inputs that positions depend on besides the tokens. */
interface PositionOptions {
  attentionMask?: ArrayLike<number> | undefined;
  /** Positions given by the caller. */
  places?: ArrayLike<number> | undefined;
  cache?: KvCache | undefined;
}

/**
 * Positions of a batch: those given, else the cumulative sum of the mask less one, 0 for padding; without a mask, 0 …
 * seq − 1. With segments, positions start again at 0 in each segment, wherever padding is.
 * @throws {LmError} `ERR_SHAPE` when the mask does not cover the cached and the new tokens, or positions or segments do
 * not cover the new ones; `ERR_RANGE` for a position that is not a whole number of at least 0; `ERR_STATE` for segments
 * together with a cache
 */
export function positionsOf(tokens: LabelledBatch, options: PositionOptions): BatchPositions {
  const counted = countedPositions(tokens, options);
  const { batch, length, segments } = tokens;
  if (segments) checkSegments(tokens, segments, options);
  const places = options.places ?? (segments && segmentPlaces(segments, length));
  return {
    ...counted,
    ...(places && chosenPositions(tokens, places)),
    segments: segments ? tensor(Int32Array.from(segments), { shape: [batch, length] }) : null,
  };
}

function checkSegments(
  { batch, length }: TokenBatch,
  segments: ArrayLike<number>,
  { cache }: PositionOptions,
): void {
  if (segments.length !== batch * length)
    throw new LmError(
      "ERR_SHAPE",
      `lm: ${batch}×${length} tokens need ${batch * length} segments, got ${segments.length}`,
    );
  if (cache)
    throw new LmError(
      "ERR_STATE",
      "lm: segments and a cache exclude each other: a cache is of one sequence",
    );
}

/** Positions that start again at 0 where the segment changes. */
function segmentPlaces(segments: ArrayLike<number>, length: number): Int32Array {
  const places = new Int32Array(segments.length);
  for (let i = 0; i < places.length; i++)
    if (i % length > 0 && segments[i] === segments[i - 1]) places[i] = places[i - 1]! + 1;
  return places;
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
): Omit<BatchPositions, "segments"> {
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
 * The target of each position: the next label, none at the end of a row or segment. int32 [batch, length].
 * @throws {LmError} `ERR_SHAPE` for labels of another size
 */
export function causalTargets(
  tokens: LabelledBatch,
  labels: ArrayLike<number> | undefined,
  attentionMask: ArrayLike<number> | undefined,
): Tensor {
  having("causalTargets", "tokens", tokens, "ids", "batch", "length");
  const targets = targetIds(tokens, labels, attentionMask);
  return tensor(targets, { shape: [tokens.batch, tokens.length] });
}

/** Number of tokens of a batch that are predicted. @throws {LmError} `ERR_SHAPE` for labels of another size */
export function countTargets(tokens: LabelledBatch): number {
  const targets = targetIds(tokens, tokens.labels, tokens.attentionMask);
  return targets.reduce((count, target) => (target === IGNORED_LABEL ? count : count + 1), 0);
}

function targetIds(
  { ids, batch, length, segments }: LabelledBatch,
  labels: ArrayLike<number> | undefined,
  attentionMask: ArrayLike<number> | undefined,
): Int32Array {
  if (labels && labels.length !== ids.length)
    throw new LmError("ERR_SHAPE", `lm: ${ids.length} labels are needed, got ${labels.length}`);
  const labelAt = (i: number) =>
    labels ? labels[i]! : attentionMask && !attentionMask[i] ? IGNORED_LABEL : ids[i]!;
  const targets = new Int32Array(ids.length).fill(IGNORED_LABEL);
  for (let row = 0; row < batch; row++)
    for (let i = row * length; i + 1 < (row + 1) * length; i++)
      if (segments?.[i] === segments?.[i + 1]) targets[i] = labelAt(i + 1);
  return targets;
}
