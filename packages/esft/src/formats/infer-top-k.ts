import { EsftError } from "../errors";
import type { TraceLine } from "./trace-lines";

/** Maximum probability of a wrong answer; above it, the number counts as unknown. */
const MOST_CHANCE = 0.01;

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Whether all groups of `size` consecutive choices of all lines satisfy a condition. */
const everyGroup = (
  lines: readonly TraceLine[],
  size: number,
  isRight: (ids: readonly number[], weights: readonly number[]) => boolean,
): boolean =>
  lines.every(({ ids, weights }) => {
    for (let at = 0; at < ids.length; at += size)
      if (!isRight(ids.slice(at, at + size), weights.slice(at, at + size))) return false;
    return true;
  });

const isDistinct = (ids: readonly number[]) => new Set(ids).size === ids.length;
const isDescending = (_: readonly number[], weights: readonly number[]) =>
  weights.every((weight, i) => i === 0 || weight <= weights[i - 1]!);

/** ln of n·(n−1)·…·(n−k+1). */
function lnFalling(n: number, k: number): number {
  let sum = 0;
  for (let i = 0; i < k; i++) sum += Math.log(Math.max(n - i, 0));
  return sum;
}

/** ln of the chance that tokens of `own` choices each out of `experts` share none within groups of `size`. */
function lnDisjoint(groups: number, size: number, own: number, experts: number): number {
  const tokens = size / own;
  return groups * (lnFalling(experts, size) - tokens * lnFalling(experts, own));
}

/**
 * ln of the chance that the best weight of a token is below the worst of the one before, wherever two tokens of a group
 * are adjacent.
 */
function lnDescending(groups: number, size: number, own: number): number {
  const meetings = groups * (size / own - 1);
  return meetings * (lnFalling(own, own) - lnFalling(2 * own, own)); // 1 / C(2·own, own)
}

/** The largest probability, over smaller fitting numbers above 1, that `size` fits by accident. */
function chanceOf(lines: readonly TraceLine[], size: number, smaller: readonly number[]): number {
  const groups = lines.reduce((sum, { ids }) => sum + ids.length / size, 0);
  const experts =
    1 + lines.reduce((most, { ids }) => ids.reduce((a, b) => Math.max(a, b), most), 0);
  const isOrdered = everyGroup(lines, size, isDescending);
  const several = smaller.filter((own) => own > 1);
  const chances = several.map((own) => {
    const apart = lnDisjoint(groups, size, own, experts);
    return Math.exp(apart + (isOrdered ? lnDescending(groups, size, own) : 0));
  });
  return Math.max(0, ...chances);
}

/**
 * The number of experts per token, which trace files do not record: the largest divisor of all line lengths that splits
 * every line into groups without repetition. Traces of a few hundred tokens are unambiguous. In shorter ones the
 * weights decide: those of a token are written best first and sum to at most 1, if the trace follows this rule. A
 * single expert per token fits every trace, so it is returned only if nothing else fits.
 *
 * @throws {EsftError} `ERR_MISSING` when several numbers fit and the fit may be due to chance
 */
export function inferTopK(lines: readonly TraceLine[]): number {
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines; // the last line may be cut off
  const common = whole.reduce((length, { ids }) => gcd(length, ids.length), 0);
  const divisors = Array.from({ length: common }, (_, i) => common - i).filter(
    (size) => common % size === 0 && everyGroup(whole, size, isDistinct),
  );
  if (divisors.length === 0) return 1;
  const [largest, ...others] = divisors as [number, ...number[]];
  if (chanceOf(whole, largest, others) <= MOST_CHANCE) return largest;
  const isShare = (_: readonly number[], weights: readonly number[]) =>
    weights.reduce((a, b) => a + b, 0) <= 1.001;
  const plausible = divisors.filter(
    (size) => everyGroup(whole, size, isDescending) && everyGroup(whole, size, isShare),
  );
  const [best, ...rest] = plausible;
  if (best !== undefined && chanceOf(whole, best, rest) <= MOST_CHANCE) return best;
  throw new EsftError(
    "ERR_MISSING",
    `esft/inferTopK: the traces are too short to tell how many experts a token chooses, ${divisors.join(" or ")}: give topK`,
    { fields: { candidates: divisors } },
  );
}
