import { longestShort, type ModelConfig } from "../config";
import type { Sequence } from "./sequence";

/** The sequences that one pass reads. */
export interface Pass {
  continued: readonly Sequence[];
  joining: readonly Sequence[];
  /** Running sequences whose keys no longer fit: they are read again from the start. */
  again: readonly Sequence[];
}

/**
 * The passes of one step: one for all, except with LongRoPE. There, sequences beyond the trained length are read apart
 * from shorter ones, and one that just grew past it is read again in a pass of its own.
 */
export function passesOf(
  config: ModelConfig,
  running: readonly Sequence[],
  joining: readonly Sequence[],
): Pass[] {
  const limit = longestShort(config);
  const isLong = ({ all }: Sequence) => all.length > limit;
  const crosses = (sequence: Sequence) => isLong(sequence) && sequence.stored <= limit;
  const passes: Pass[] = [false, true].map((long) => ({
    continued: running.filter((sequence) => isLong(sequence) === long && !crosses(sequence)),
    joining: joining.filter((sequence) => isLong(sequence) === long),
    again: [],
  }));
  for (const sequence of running.filter(crosses))
    passes.push({ continued: [], joining: [], again: [sequence] });
  return passes.filter(
    (pass) => pass.continued.length + pass.joining.length + pass.again.length > 0,
  );
}
