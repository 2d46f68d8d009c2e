import { LmError, optionsOf, real, refuseUnknown, whole } from "../errors";
import { createRandom } from "../generation/random";
import type { LabelledBatch } from "../model/token-batch";

/** Options of {@link longDocuments}. */
export interface LongDocumentsOptions {
  /** Tokens per sequence, at least 2. */
  length: number;
  /** Sequences per batch. */
  batchSize: number;
  /** How many times more often documents that fill a sequence are drawn than by their share of the tokens. Default 4. */
  longWeight?: number | undefined;
  /** Default 0. */
  seed?: number | undefined;
}

/** Draws an index with probability in proportion to its weight. @param ends running sums of the weights */
function drawIndex(ends: Float64Array, random: () => number): number {
  const target = random() * ends.at(-1)!;
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Batches for training on long texts, by position: each sequence begins with a document, drawn in proportion to its tokens,
 * and `longWeight` times more often if it fills the sequence. A longer document gives a random part, behind a shorter one
 * follow others until the sequence is full.
 *
 * @param documents token ids with their own tokens for beginning and end
 * @throws {LmError} `ERR_SHAPE` without tokens; `ERR_RANGE` for options and positions
 * @see Zhu et al. 2024 (DeepSeek-Coder-V2), section 3.4: long documents are up-sampled
 */
export function longDocuments(
  documents: readonly ArrayLike<number>[],
  options: LongDocumentsOptions,
): { batch(position: number): LabelledBatch & { ids: Int32Array } } {
  const {
    length,
    batchSize,
    longWeight = 4,
    seed = 0,
    ...rest
  } = optionsOf("longDocuments", options);
  refuseUnknown("longDocuments", rest);
  whole("longDocuments", "length", length, { min: 2 });
  whole("longDocuments", "batchSize", batchSize, { min: 1 });
  real("longDocuments", "longWeight", longWeight, { above: 0 });
  let sum = 0;
  const ends = Float64Array.from(documents, ({ length: tokens }) => {
    sum += tokens * (tokens >= length ? longWeight : 1);
    return sum;
  });
  if (sum === 0) throw new LmError("ERR_SHAPE", "lm/longDocuments: the documents have no tokens");
  const fill = (row: Int32Array, random: () => number) => {
    for (let at = 0; at < length; ) {
      const document = documents[drawIndex(ends, random)]!;
      const spare = Math.max(0, document.length - length);
      const start = at === 0 && spare > 0 ? Math.floor(random() * (spare + 1)) : 0;
      for (let i = start; i < document.length && at < length; i++) row[at++] = document[i]!;
    }
  };
  return {
    batch(position) {
      whole("longDocuments", "position", position, { min: 0 });
      const random = createRandom([seed, position, length]).next;
      const ids = new Int32Array(batchSize * length);
      for (let row = 0; row < batchSize; row++)
        fill(ids.subarray(row * length, (row + 1) * length), random);
      return { ids, batch: batchSize, length };
    },
  };
}
