/** @file Numbers of answers, [answers × T], and the same in a batch of prompts and answers, [answers × length]. */
import type { Answer } from "./rollouts";

/** The positions in a batch that predict each answer's tokens: the first at `starts[row]`. */
export interface AnswerGrid {
  rows: number;
  /** T, tokens of the longest answer. */
  length: number;
  /** Position of each answer's last token, counted from its first. */
  lastIndex: number[];
  /** Index in the batch of the position that predicts each answer's first token. */
  starts: number[];
}

/** The grid of the answers in a batch of `batchLength` columns made by `collateAnswers`. */
export function answerGrid(
  answers: readonly Pick<Answer, "promptIds" | "ids">[],
  batchLength: number,
): AnswerGrid {
  return {
    rows: answers.length,
    length: Math.max(...answers.map(({ ids }) => ids.length)),
    lastIndex: answers.map(({ ids }) => ids.length - 1),
    starts: answers.map(({ promptIds }, row) => row * batchLength + promptIds.length - 1),
  };
}

/** Copies a batch's numbers into the grid, 0 in padding. */
export function gather(numbers: ArrayLike<number>, grid: AnswerGrid): Float64Array {
  const { rows, length, lastIndex, starts } = grid;
  const own = new Float64Array(rows * length);
  for (let row = 0; row < rows; row++)
    for (let t = 0; t <= lastIndex[row]!; t++) own[row * length + t] = numbers[starts[row]! + t]!;
  return own;
}

/** Copies the grid's numbers to their positions in a batch of `size` numbers, 0 elsewhere. */
export function scatter(numbers: ArrayLike<number>, grid: AnswerGrid, size: number): Float32Array {
  const { rows, length, lastIndex, starts } = grid;
  const all = new Float32Array(size);
  for (let row = 0; row < rows; row++)
    for (let t = 0; t <= lastIndex[row]!; t++) all[starts[row]! + t] = numbers[row * length + t]!;
  return all;
}
