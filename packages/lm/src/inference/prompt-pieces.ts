import type { Reading } from "./passes";
import type { Sequence } from "./sequence";

/**
 * The pieces of prompts that a step reads: at most `budget` tokens. The prompt that has waited longest gets half of them
 * or more, so that it always advances; the rest goes to the prompts that are nearest to their end, so that a short one
 * does not wait for long ones.
 *
 * @param reading sequences whose prompts are not read to the end, in the order of their arrival
 */
export function promptPieces(reading: readonly Sequence[], budget: number): Reading[] {
  const remaining = ({ all, stored }: Sequence) => all.length - stored;
  const [oldest, ...others] = reading;
  if (!oldest) return [];
  const counts = new Map([[oldest, Math.min(remaining(oldest), Math.ceil(budget / 2))]]);
  let left = budget - counts.get(oldest)!;
  for (const sequence of others.sort((a, b) => remaining(a) - remaining(b))) {
    const count = Math.min(remaining(sequence), left);
    if (count > 0) counts.set(sequence, count);
    left -= count;
  }
  counts.set(oldest, Math.min(remaining(oldest), counts.get(oldest)! + left));
  return reading.flatMap((sequence) => {
    const count = counts.get(sequence);
    if (count === undefined) return [];
    const isLast = count === remaining(sequence);
    return [{ sequence, count, sampled: sequence.request.onPrompt ? count : isLast ? 1 : 0 }];
  });
}
