/** @file How CTWL splits the vocabulary, behind one interface for all its variants. */
import type { Spend } from "../../core/work-budget";
import type { QuantisedDistribution } from "../../proxy/proxy-lm";
import type { Part } from "../../statistics/sparse-sum";

/** The evidence of one token about messages. */
export interface Vote {
  /** q, the share of messages for which this token is favoured, in [0, 1]. */
  readonly chance: number;
}

/** Favoured sets by (prefix, chunk, message). `end` is the index of the token to be split for. */
export interface Splitter<V extends Vote = Vote> {
  /** Tests tokens for membership in the favoured set of one message. */
  favoured(
    ids: ArrayLike<number>,
    end: number,
    chunk: number,
    message: number,
    proxy: QuantisedDistribution | undefined,
  ): (token: number) => boolean;
  /** Reads the token at `at`; the same for all chunks. */
  vote(
    ids: ArrayLike<number>,
    at: number,
    proxy: QuantisedDistribution | undefined,
    spend?: Spend,
  ): V;
  /**
   * Distributions of what hits are worth under a random message, in independent parts: one vote each, or several that hit
   * together.
   *
   * @param worth of a hit of each vote, whole numbers from 1
   */
  partsOf(votes: readonly V[], worth: ArrayLike<number>): readonly Part[];
  /** Whether the vote's token is favoured by `message` in `chunk`. */
  isHit(vote: V, chunk: number, message: number): boolean;
  /** Steps of a tally for one vote. */
  tallySteps(bits: number): number;
  /** Hits of every message of `bits` bits, shape [2^bits]. */
  tally(votes: readonly V[], chunk: number, bits: number): Uint16Array;
}

/** Treats every vote as independent. */
export const coinsOf = (votes: readonly Vote[], worth: ArrayLike<number>): readonly Part[] =>
  votes.map(
    ({ chance }, i): Part =>
      new Map([
        [0, 1 - chance],
        [worth[i]!, chance],
      ]),
  );

/** Sums `isHit` message by message. Faster tallies must give the same result. */
export function tallyPlainly<V extends Vote>(
  splitter: Pick<Splitter<V>, "isHit">,
  votes: readonly V[],
  chunk: number,
  bits: number,
): Uint16Array {
  const hits = new Uint16Array(2 ** bits);
  for (const vote of votes)
    for (let message = 0; message < hits.length; message++)
      if (splitter.isHit(vote, chunk, message)) hits[message]!++;
  return hits;
}
