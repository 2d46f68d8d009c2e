/** @file The probability that a payload is fully decoded, and that its text is detected. */
import { anyOf, binomialTail, sumTail } from "../statistics/binomial";
import { largestCellMass } from "../statistics/largest-cell";
import { dealtMass, fullestChance, winChance } from "../statistics/win-chance";
import type { CodeShape } from "./code-shape";

/** P(one part is read right), with its tokens fixed or assigned by the hash of their contexts. */
function partSuccess(shape: CodeShape, tokens: number): number {
  const { parts, rate, mass, rivals, isDealt, contexts, isExclusive } = shape;
  const win = (n: number) =>
    isExclusive ? fullestChance(n, rate, rivals) : winChance(n, rate, mass, rivals);
  if (!isDealt || parts === 1) return win(Math.floor(tokens / parts));
  let chance = 0;
  dealtMass(tokens, parts, contexts).forEach((p, n) => {
    if (p > 1e-6) chance += p * win(n);
  });
  return chance;
}

/** P(the whole payload is read right) in a text of this many usable tokens. */
export function payloadSuccess(shape: CodeShape, tokens: number): number {
  if (shape.rivals === 0) return 1;
  const right = partSuccess(shape, tokens);
  if (shape.correctable === 0) return right ** shape.parts;
  return 1 - binomialTail(shape.parts, shape.correctable + 1, 1 - right);
}

/** The p-value of a count of hits among `trials` tokens. */
function nullTail(shape: CodeShape, trials: number): (hits: number) => number {
  const { parts, mass, messages, isDealt, correctable, rivals } = shape;
  if (isDealt && correctable === 0 && parts > 1) {
    // The counts of the fullest colours, summed over digits with equal shares of the tokens.
    const cells = Array.from({ length: parts }, (_, i) =>
      largestCellMass(Math.floor((trials + i) / parts), rivals + 1),
    );
    return (hits) => sumTail(cells, hits);
  }
  const tests = isDealt ? 1 : parts;
  return (hits) => tests * anyOf(binomialTail(trials, hits, mass), messages);
}

/** P(a marked text of this many usable tokens has a p-value of at most α). */
export function presencePower(shape: CodeShape, tokens: number, alpha: number): number {
  const { parts, rate, isDealt } = shape;
  const trials = isDealt ? tokens : Math.floor(tokens / parts);
  const tailOf = nullTail(shape, trials);
  let [low, high] = [0, trials + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tailOf(middle) <= alpha) high = middle;
    else low = middle + 1;
  }
  if (low > trials) return 0;
  const power = binomialTail(trials, low, rate);
  return isDealt ? power : anyOf(power, parts); // The best of several chunks decides.
}
