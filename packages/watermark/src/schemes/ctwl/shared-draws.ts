import type { Part } from "../../statistics/sparse-sum";
import type { Vote } from "./splitter";

/** A vote that a message decides by picking one of R partitions, the same for all votes after one prefix. */
export interface PartitionVote extends Vote {
  /** Identifies the prefix, whose partitions all its votes share. */
  readonly prefix: string;
  /** Membership of the token in each partition, shape [R], zeros and ones. */
  readonly bits: Uint8Array;
}

/**
 * Distributions of what hits are worth under a random message, one per prefix. A message picks one partition j for a prefix,
 * so the hits of its votes are dependent: they sum to Σ_t worth_t · bits_t[j], each j with probability 1/R. Treating them as
 * independent makes p-values too small where prefixes repeat, as in source code.
 */
export function partsByPrefix(
  votes: readonly PartitionVote[],
  worth: ArrayLike<number>,
): readonly Part[] {
  const groups = new Map<string, number[]>();
  votes.forEach(({ prefix }, i) => {
    const group = groups.get(prefix);
    if (group) group.push(i);
    else groups.set(prefix, [i]);
  });
  return Array.from(groups.values(), (group) => {
    const part = new Map<number, number>();
    const partitions = votes[group[0]!]!.bits.length;
    for (let j = 0; j < partitions; j++) {
      const sum = group.reduce((total, i) => total + votes[i]!.bits[j]! * worth[i]!, 0);
      part.set(sum, (part.get(sum) ?? 0) + 1 / partitions);
    }
    return part;
  });
}
