import type { Look } from "./look";

const hundredths = (value: number) => Math.round(100 * value) / 100;

/**
 * The losses that can be foretold: from the best one that was seen down by as much as all budgets together have gained, so that
 * the range does not give the answer away.
 */
export function guessRange({ optima }: Pick<Look, "optima">): { from: number; to: number } {
  const losses = optima.map(({ loss }) => loss);
  const [least, most] = [Math.min(...losses), Math.max(...losses)];
  return { from: hundredths(2 * least - most), to: hundredths(least) };
}

/** The forecast before it is dragged: no gain at all. */
export const guessStart = (look: Pick<Look, "optima">): number => guessRange(look).to;
