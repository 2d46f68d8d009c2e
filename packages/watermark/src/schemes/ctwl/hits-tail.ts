/** @file How likely a random message is to hit a text's tokens as often as the best message does. */
import { sparseTail, tailOf } from "../../statistics/sparse-sum";
import type { Splitter, Vote } from "./splitter";

/** A worth of one for every hit. */
export const ones = (count: number) => new Uint8Array(count).fill(1);

/** Votes that break ties, messages among which they do, and votes of a text for which they do. */
const limits = { rare: 64, messages: 256, votes: 512 };

/** Which votes have a chance below the median, the rarest first, up to a limit. */
function rarest(votes: readonly Vote[]): number[] {
  const order = votes.map(({ chance }, i) => ({ chance, i }));
  order.sort((a, b) => a.chance - b.chance || a.i - b.i);
  const median = order[Math.floor(order.length / 2)]?.chance ?? 0;
  const below = order.filter(({ chance }) => chance < median);
  return below.slice(0, limits.rare).map(({ i }) => i);
}

/**
 * P(a random message hits more votes than the best one, or as many and at least as many of the rare ones): the tail of the
 * best of the messages that tie. Hits are whole numbers, so that their tail alone falls by half or more from one to the next,
 * and a test by it rejects about half as often as it may; the rare hits fill the gap.
 *
 * @param tied messages with the most hits, `hits`
 */
export function bestTail<V extends Vote>(
  splitter: Pick<Splitter<V>, "partsOf" | "isHit">,
  votes: readonly V[],
  chunk: number,
  { hits, tied }: { hits: number; tied: readonly number[] },
): number {
  const rare = votes.length <= limits.votes ? rarest(votes) : [];
  if (rare.length === 0 || tied.length > limits.messages)
    return tailOf(splitter.partsOf(votes, ones(votes.length)), hits);
  const scale = rare.length + 1;
  const worth = new Uint8Array(votes.length).fill(scale);
  for (const i of rare) worth[i] = scale + 1;
  const rareHits = tied.map(
    (message) => rare.filter((i) => splitter.isHit(votes[i]!, chunk, message)).length,
  );
  return sparseTail(splitter.partsOf(votes, worth), scale * hits + Math.max(...rareHits));
}
