import { type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { having, LmError } from "../errors";
import type { TokenBatch } from "../model/token-batch";
import type { EncoderConfig } from "./encoder-config";
import { encoderFamily } from "./families";
import { longestRow } from "./longest-row";

/** Rows of tokens for an encoder, row-major, padded to one length. */
export interface EncoderBatch extends TokenBatch {
  /** 1 for real tokens, 0 for padding, [batch × length]; default: all 1. */
  attentionMask?: ArrayLike<number> | undefined;
  /** Type of each token, [batch × length]; default 0. */
  tokenTypeIds?: ArrayLike<number> | undefined;
  /** One class or number per row, or for masked LM one id per token; −100 is ignored. */
  labels?: ArrayLike<number> | undefined;
}

/** A checked batch as tensors, each int32 [batch, length]. */
export interface EncoderInput {
  ids: Tensor;
  types: Tensor;
  positions: Tensor;
  /** Null if no token is masked. */
  keyMask: Tensor | null;
}

/**
 * Whole numbers from 0 to below `below`.
 * @throws {LmError} `ERR_SHAPE` for another count, `ERR_RANGE` for another number
 */
export function checkedIds(
  name: string,
  values: ArrayLike<number>,
  { count, below }: { count: number; below: number },
): Int32Array {
  if (values.length !== count)
    throw new LmError(
      "ERR_SHAPE",
      `lm/EncoderModel: ${count} ${name} needed, got ${values.length}`,
      { fields: { name } },
    );
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (!Number.isInteger(value) || value < 0 || value >= below)
      throw new LmError(
        "ERR_RANGE",
        `lm/EncoderModel: ${name} must be whole numbers from 0 to ${below - 1}, got ${value} at ${i}`,
        { fields: { name, value, index: i } },
      );
  }
  return Int32Array.from(values);
}

/**
 * The position of each token, or its row of the position table: counting from 0 in BERT. In RoBERTa the n-th token that is not padding, from
 * 1, has `padTokenId + n`, and padding has `padTokenId`.
 */
export function encoderPositions(
  { ids, batch, length }: TokenBatch,
  config: EncoderConfig,
): Int32Array {
  const { padTokenId } = config;
  if (encoderFamily(config).positions !== "padded")
    return Int32Array.from({ length: batch * length }, (_, i) => i % length);
  const positions = new Int32Array(batch * length).fill(padTokenId);
  for (let row = 0; row < batch; row++) {
    let seen = 0;
    for (let i = row * length; i < (row + 1) * length; i++)
      if (ids[i] !== padTokenId) positions[i] = padTokenId + ++seen;
  }
  return positions;
}

function checkedMask(mask: ArrayLike<number>, { batch, length }: TokenBatch): Int32Array {
  const counted = checkedIds("attention mask values", mask, { count: batch * length, below: 2 });
  for (let row = 0; row < batch; row++)
    if (!counted.subarray(row * length, (row + 1) * length).includes(1))
      throw new LmError("ERR_RANGE", `lm/EncoderModel: the mask of row ${row} counts no token`, {
        fields: { row },
      });
  return counted;
}

/**
 * Checks a batch and converts it to tensors.
 * @throws {LmError} `ERR_SHAPE` for sizes that do not fit; `ERR_RANGE` for ids or types the model does not know, rows past
 *   its longest position, or rows whose mask counts nothing
 */
export function encoderInput(tokens: EncoderBatch, config: EncoderConfig): EncoderInput {
  const { batch, length, attentionMask, tokenTypeIds } = tokens;
  for (const [name, size] of Object.entries({ batch, length }))
    if (!Number.isSafeInteger(size) || size < 1)
      throw new LmError("ERR_SHAPE", `lm/EncoderModel: ${name} must be at least 1, got ${size}`);
  const count = batch * length;
  const ids = checkedIds("ids", tokens.ids, { count, below: config.vocabSize });
  const positions = encoderPositions(tokens, config);
  if (positions.some((position) => position >= config.maxPositionEmbeddings))
    throw new LmError(
      "ERR_RANGE",
      `lm/EncoderModel: rows may have ${longestRow(config)} tokens, got ${length}`,
      { fields: { length, longest: longestRow(config) } },
    );
  const types = tokenTypeIds
    ? checkedIds("token type ids", tokenTypeIds, {
        count,
        below: Math.max(1, config.typeVocabSize),
      })
    : new Int32Array(count);
  const shape = [batch, length];
  return {
    ids: tensor(ids, { shape }),
    types: tensor(types, { shape }),
    positions: tensor(positions, { shape }),
    keyMask: attentionMask ? tensor(checkedMask(attentionMask, tokens), { shape }) : null,
  };
}

/**
 * Returns one row of a batch as a batch of one, for gradients per sample.
 * @throws {LmError} `ERR_RANGE` for a row that does not exist
 */
export function batchRow(tokens: EncoderBatch, row: number): EncoderBatch {
  having("batchRow", "tokens", tokens, "ids", "batch", "length");
  const { batch, length, ids, attentionMask, tokenTypeIds, labels } = tokens;
  if (!Number.isInteger(row) || row < 0 || row >= batch)
    throw new LmError("ERR_RANGE", `lm/batchRow: row must be from 0 to ${batch - 1}, got ${row}`);
  const cut = (values: ArrayLike<number>) => {
    const width = values.length / batch; // one per row, or one per token
    return Array.from({ length: width }, (_, i) => values[row * width + i]!);
  };
  return {
    ids: cut(ids),
    batch: 1,
    length,
    attentionMask: attentionMask ? cut(attentionMask) : undefined,
    tokenTypeIds: tokenTypeIds ? cut(tokenTypeIds) : undefined,
    labels: labels ? cut(labels) : undefined,
  };
}
