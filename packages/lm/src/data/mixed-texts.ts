import { optionsOf, real, refuseUnknown, whole } from "../errors";
import { createRandom } from "../generation/random";
import type { TrainingData } from "../training/train";
import { joinBatches } from "./join-batches";

/** A text as token ids, and how often it is read beside others. */
export interface MixedText {
  tokens: Int32Array;
  /** In proportion to the other texts' shares. */
  share: number;
}

/**
 * Rows drawn from texts by their shares, each row from one text, beginning anywhere.
 *
 * @param texts at least one; each has `length` tokens or more
 * @param random uniform in [0, 1); called twice per row
 * @returns ids, shape [rows × length]
 */
export function mixedRows(
  texts: readonly MixedText[],
  { rows, length }: { rows: number; length: number },
  random: () => number,
): Int32Array {
  const ids = new Int32Array(rows * length);
  let total = 0;
  const ends = texts.map(({ share }) => {
    total += share;
    return total;
  });
  for (let row = 0; row < rows; row++) {
    const at = random() * total;
    const { tokens } = texts[ends.findIndex((end) => at < end)] ?? texts.at(-1)!;
    const start = Math.floor(random() * (tokens.length - length + 1));
    ids.set(tokens.subarray(start, start + length), row * length);
  }
  return ids;
}

/**
 * Training data of several texts: the rows of a batch are drawn by the texts' shares, each from one text. What stands at a
 * position depends on the seed alone.
 *
 * @param texts at least one; each has `blockLength` tokens or more
 */
export function mixedTexts(
  texts: readonly MixedText[],
  options: { blockLength: number; batchSize: number; seed: number },
) {
  const { blockLength: length, batchSize: batch, seed, ...rest } = optionsOf("mixedTexts", options);
  refuseUnknown("mixedTexts", rest);
  return {
    batch(position: number): { ids: Int32Array; batch: number; length: number } {
      const random = createRandom([seed, position]).next;
      return { ids: mixedRows(texts, { rows: batch, length }, random), batch, length };
    },
  };
}

/** How many rows of a batch are general text at a share of it; at least one row stays with the task. */
export function generalRows(share: number, batchSize: number): number {
  real("generalRows", "share", share, { min: 0, max: 1 });
  whole("generalRows", "batchSize", batchSize, { min: 1 });
  return Math.min(Math.round(share * batchSize), batchSize - 1);
}

/**
 * A task's batches with rows of general text after their own, on which every token is trained. The ESFT paper mixes task and
 * general data half and half.
 *
 * @param options.rows rows of general text in each batch, as {@link generalRows} counts them; 0 leaves the data as they are
 * @see Wang et al. 2024 (ESFT), section 4.1
 */
export function withGeneralRows(
  task: TrainingData,
  options: { texts: readonly MixedText[]; rows: number; seed: number },
): TrainingData {
  const { texts, rows, seed, ...rest } = optionsOf("withGeneralRows", options);
  refuseUnknown("withGeneralRows", rest);
  if (rows === 0) return task;
  return {
    async batch(position) {
      const own = await task.batch(position);
      const { length } = own;
      const ids = mixedRows(texts, { rows, length }, createRandom([seed, position, 1]).next);
      return joinBatches([own, { ids, batch: rows, length }]);
    },
  };
}
