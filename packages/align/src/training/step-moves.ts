/** @file Treats a whole step as one move: converts numbers per token to numbers per step, and back. */
import type { AnswerGrid } from "./answer-grid";

/** Numbers per step of each answer, [answers × K]. */
export interface StepGrid {
  rows: number;
  /** K, steps of the longest answer. */
  length: number;
  rewards: Float64Array;
  /** Value before each step's first token. */
  values: Float64Array;
  /** Step of each token, [answers × T]; −1 in padding. */
  stepOf: Int32Array;
}

/**
 * Sums rewards over steps, and reads values at the steps' first tokens.
 * @param boundaries 1 at the last token of each step and of each answer, [answers × T]
 */
export function stepGrid(
  { rows, length, lastIndex }: AnswerGrid,
  boundaries: ArrayLike<number>,
  { rewards, values }: { rewards: ArrayLike<number>; values: ArrayLike<number> },
): StepGrid {
  const stepOf = new Int32Array(rows * length).fill(-1);
  let longest = 1;
  for (let row = 0; row < rows; row++) {
    let step = 0;
    for (let i = row * length; i <= row * length + lastIndex[row]!; i++) {
      stepOf[i] = step;
      if (boundaries[i]) step++;
    }
    longest = Math.max(longest, step);
  }
  const grid: StepGrid = {
    rows,
    length: longest,
    stepOf,
    rewards: new Float64Array(rows * longest),
    values: new Float64Array(rows * longest),
  };
  for (let i = 0; i < stepOf.length; i++) {
    if (stepOf[i]! < 0) continue;
    const at = Math.floor(i / length) * longest + stepOf[i]!;
    grid.rewards[at]! += rewards[i]!;
    const isFirst = i % length === 0 || stepOf[i - 1] !== stepOf[i];
    if (isFirst) grid.values[at] = values[i]!;
  }
  return grid;
}

/** Assigns its step's advantage and return to every token, 0 in padding. */
export function spreadToSteps(
  { length }: AnswerGrid,
  { length: steps, stepOf }: StepGrid,
  found: { advantages: Float64Array; returns: Float64Array },
): { advantages: Float64Array; returns: Float64Array } {
  const spread = (numbers: Float64Array) =>
    Float64Array.from(stepOf, (step, i) =>
      step < 0 ? 0 : numbers[Math.floor(i / length) * steps + step]!,
    );
  return { advantages: spread(found.advantages), returns: spread(found.returns) };
}
