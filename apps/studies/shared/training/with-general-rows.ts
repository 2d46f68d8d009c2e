import { createRandom, type TrainingData } from "@deepgrain/lm";
import { joinBatches } from "./join-batches";
import { type MixedText, mixedRows } from "./mixed-rows";

/** Rows of general text beside a task's. */
export interface GeneralRows {
  texts: readonly MixedText[];
  /** Of each batch; 0 leaves the data as they are. */
  rows: number;
  seed: number;
}

/** How many rows of a batch are general text at a share of it; at least one row stays with the task. */
export const generalRows = (share: number, batchSize: number): number =>
  Math.min(Math.round(share * batchSize), batchSize - 1);

/**
 * A task's batches with rows of general text after their own, on which every token is trained. The ESFT paper mixes task and
 * general data half and half.
 * @see Wang et al. 2024 (ESFT), section 4.1
 */
export function withGeneralRows(
  task: TrainingData,
  { texts, rows, seed }: GeneralRows,
): TrainingData {
  if (rows === 0) return task;
  return {
    async batch(position) {
      const own = await task.batch(position);
      const random = createRandom([seed, position, 1]).next;
      const { length } = own;
      const ids = mixedRows(texts, { rows, length }, random);
      return joinBatches([own, { ids, batch: rows, length }]);
    },
  };
}
