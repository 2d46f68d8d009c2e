import { percentText } from "../drawing/numbers";
import type { Rates } from "./clean";
import type { Purified } from "./state";
import { classNames } from "./words";

/** The class that an encoder chooses. */
export const nameOf = (shares: readonly number[]): string =>
  classNames[shares.indexOf(Math.max(...shares))]!;

/** "266 of 302" */
export const flips = ({ flipped, triggered }: Rates): string => `${flipped} of ${triggered}`;

/** The change that a move has made, in a sentence. */
export function movedText(before: Purified, after: Purified): string {
  const [was, is] = [before.outcome, after.outcome];
  if (was.seed !== is.seed || was.word !== is.word)
    return `With “${is.word}”, ${flips(is.suspect)} test texts turn to sport before purifying and ${is.purified.flipped} after it.`;
  if (was.rho !== is.rho)
    return `Keeping ${percentText(is.rho, 0)} of the weights: ${is.purified.flipped} test texts still turn to sport (${was.purified.flipped} at ${percentText(was.rho, 0)}).`;
  const { without, with: triggered } = after.reading;
  return `This text is ${nameOf(without.suspect)} to the model as found, and ${nameOf(triggered.suspect)} with “${is.word}”; purified, it is ${nameOf(triggered.purified)} with it.`;
}
