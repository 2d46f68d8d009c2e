import { longestShort, type ModelConfig } from "../config";
import type { Sequence } from "./sequence";

/** Tokens of one sequence that a pass reads. */
export interface Reading {
  sequence: Sequence;
  /** How many, after those that are stored; all of them if the sequence is read again. */
  count: number;
  /** For how many of the last ones logits are needed. */
  sampled: number;
}

/**
 * The passes of one step: one for all, except with LongRoPE. There, sequences beyond the trained length are read apart
 * from shorter ones, and one that just grew past it is read again in a pass of its own, as its keys no longer fit.
 *
 * @param running sequences with one new token each
 * @param pieces parts of prompts
 */
export function passesOf(
  config: ModelConfig,
  running: readonly Sequence[],
  pieces: readonly Reading[],
): Reading[][] {
  const limit = longestShort(config);
  const isLong = ({ all }: Sequence) => all.length > limit;
  const crosses = (sequence: Sequence) => isLong(sequence) && sequence.stored <= limit;
  const passes = [false, true].map((long) => [
    ...running
      .filter((sequence) => isLong(sequence) === long && !crosses(sequence))
      .map((sequence): Reading => ({ sequence, count: 1, sampled: 1 })),
    ...pieces.filter(({ sequence }) => isLong(sequence) === long),
  ]);
  for (const sequence of running.filter(crosses))
    passes.push([{ sequence, count: sequence.all.length, sampled: 1 }]);
  return passes.filter((pass) => pass.length > 0);
}
