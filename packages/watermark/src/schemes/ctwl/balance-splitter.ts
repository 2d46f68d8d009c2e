import { unlimited } from "../../core/work-budget";
import { mixBelow } from "../../prf/expand";
import { deriveSubkey, type WatermarkKey } from "../../prf/key";
import { type Seed, sipHash } from "../../prf/siphash";
import { balancedHalf, heavyFirst, isInHalf } from "./balance-partition";
import { lowerBitsOf, packedTally } from "./packed-tally";
import { prefixWords } from "./prefix";
import type { CtwlBalanceProfile } from "./profile";
import { type PartitionVote, partsByPrefix } from "./shared-draws";
import type { Splitter } from "./splitter";

interface BalanceVote extends PartitionVote {
  seed(chunk: number): Seed;
}

/** Separates the two halves of a message's bits in the index hash. */
const lowerDomain = 2 ** 24;

/**
 * Balance-Marking: message m picks partition j of R for the prefix, and partition j splits the
 * vocabulary so that each side has half of the proxy's probability. The index is
 * j = (a(upper half of m) + b(lower half of m)) mod R with a and b from the PRF, so that two messages
 * share a partition with probability 1/R and all messages can be tallied at once.
 *
 * @see Wang et al. 2024 (2307.15992), Balance-Marking
 */
export function balanceSplitter(
  profile: CtwlBalanceProfile,
  key: WatermarkKey,
): Splitter<BalanceVote> {
  const { hash_prefix_len: width, random_permutation_num: partitions } = profile;
  const indexKey = deriveSubkey(key, "ctwl/balance/index");
  const orderKey = deriveSubkey(key, "ctwl/balance/order");
  const lowerBits = lowerBitsOf(profile.message_code_len);
  const indexOf = (seed: Seed, message: number, lower: number) => {
    const a = mixBelow(seed, Math.floor(message / 2 ** lower), partitions);
    const b = mixBelow(seed, lowerDomain + (message % 2 ** lower), partitions);
    return (a + b) % partitions;
  };
  return {
    favoured(ids, end, chunk, message, proxy) {
      const j = indexOf(sipHash(indexKey, prefixWords(ids, end, width, chunk)), message, lowerBits);
      return balancedHalf(sipHash(orderKey, prefixWords(ids, end, width, j)), proxy!);
    },
    vote(ids, at, proxy, spend = unlimited) {
      const words = prefixWords(ids, at, width, 0);
      const order = heavyFirst(proxy!);
      const bits = new Uint8Array(partitions);
      let count = 0;
      for (let j = 0; j < partitions; j++) {
        words[0] = j;
        if (!isInHalf(sipHash(orderKey, words), proxy!, order, ids[at]!, spend)) continue;
        bits[j] = 1;
        count++;
      }
      const seed = (chunk: number) => {
        words[0] = chunk;
        return sipHash(indexKey, words);
      };
      const prefix = words.slice(1).join();
      return { chance: count / partitions, prefix, bits, seed };
    },
    partsOf: partsByPrefix,
    isHit: (vote, chunk, message) => vote.bits[indexOf(vote.seed(chunk), message, lowerBits)] === 1,
    tallySteps: (bits) => 2 ** bits / 4 + 2 ** lowerBits,
    tally(votes, chunk, bits) {
      // A last chunk of fewer bits keeps the split of the full chunks.
      const rowBits = Math.min(lowerBits, bits);
      const rows = 2 ** (bits - rowBits);
      const indexed = votes.map((vote) => {
        const seed = vote.seed(chunk);
        const upper = Int32Array.from({ length: rows }, (_, i) => mixBelow(seed, i, partitions));
        const lower = Int32Array.from({ length: 2 ** rowBits }, (_, i) =>
          mixBelow(seed, lowerDomain + i, partitions),
        );
        return { bits: vote.bits, upper, lower };
      });
      return packedTally(indexed, rows, 2 ** rowBits);
    },
  };
}
