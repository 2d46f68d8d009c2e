import { LmError, optionsOf, refuseUnknown } from "../errors";
import { createRandom, permutation } from "../generation/random";

/** Blocks of equal length cut from one stream of tokens, in an order that depends only on the position. */
export interface PackedSequences {
  /** Blocks in one epoch. */
  readonly blockCount: number;
  /** Tokens in a block. */
  readonly blockLength: number;
  /** Block number `position` of the complete run, counted across epochs; shape [blockLength]. */
  block(position: number): Int32Array;
  /**
   * Batch number `position` of the complete run: blocks position · batchSize onwards, which may reach into the next
   * epoch. `ids` has shape [batch × length]; every token but the first of a block is to be predicted.
   */
  batch(position: number): { ids: Int32Array; batch: number; length: number };
}

/** Options of {@link packSequences}. */
export interface PackSequencesOptions {
  /** Tokens in a block, at least 2. */
  blockLength: number;
  /** Blocks in a batch. Default 1. */
  batchSize?: number | undefined;
  /** Determines the order; see {@link createRandom}. Default 0. */
  seed?: number | undefined;
  /** False takes the blocks from left to right, as for evaluation. Default true. */
  shuffle?: boolean | undefined;
}

function checkWhole(name: string, value: number, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  const message = `lm/packSequences: ${name} must be a whole number of at least ${minimum}, got ${value}`;
  throw new LmError("ERR_RANGE", message, { fields: { [name]: value } });
}

/**
 * Cuts a contiguous stream of tokens into blocks for pre-training. Each epoch visits every block once, in an order
 * and from a starting token that follow from (seed, epoch): as the blocks shift by up to the remainder, no token is
 * left out permanently. A run resumes by continuing from its position.
 *
 * @param tokens documents one after another, with their separators; shape [tokens]; read, never copied
 * @throws {LmError} `ERR_RANGE` when an option or a position is outside its range, `ERR_SHAPE` when there are fewer
 *   tokens than one block
 */
export function packSequences(
  tokens: ArrayLike<number>,
  options: PackSequencesOptions,
): PackedSequences {
  const {
    blockLength,
    batchSize = 1,
    seed = 0,
    shuffle = true,
    ...rest
  } = optionsOf("packSequences", options);
  refuseUnknown("packSequences", rest);
  checkWhole("blockLength", blockLength, 2);
  checkWhole("batchSize", batchSize, 1);
  const blockCount = Math.floor(tokens.length / blockLength);
  if (blockCount === 0)
    throw new LmError(
      "ERR_SHAPE",
      `lm/packSequences: there must be at least ${blockLength} tokens (one block), got ${tokens.length}`,
      { fields: { tokens: tokens.length, blockLength } },
    );
  const spare = tokens.length - blockCount * blockLength;
  createRandom(seed);

  function plan(epoch: number): { epoch: number; order: Uint32Array; offset: number } {
    const random = createRandom([seed, epoch]);
    const offset = Math.floor(random.next() * (spare + 1));
    return { epoch, offset, order: permutation(blockCount, random.next) };
  }

  let current: ReturnType<typeof plan> | undefined;
  function copyBlock(position: number, target: Int32Array, at: number): void {
    const epoch = Math.floor(position / blockCount);
    const index = position % blockCount;
    let start = index * blockLength;
    if (shuffle) {
      if (current?.epoch !== epoch) current = plan(epoch);
      start = current.offset + current.order[index]! * blockLength;
    }
    for (let i = 0; i < blockLength; i++) target[at + i] = tokens[start + i]!;
  }

  return {
    blockCount,
    blockLength,
    block(position) {
      checkWhole("position", position, 0);
      const ids = new Int32Array(blockLength);
      copyBlock(position, ids, 0);
      return ids;
    },
    batch(position) {
      checkWhole("position", position, 0);
      const ids = new Int32Array(batchSize * blockLength);
      for (let row = 0; row < batchSize; row++)
        copyBlock(position * batchSize + row, ids, row * blockLength);
      return { ids, batch: batchSize, length: blockLength };
    },
  };
}
