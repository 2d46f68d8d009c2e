import type { Vote } from "./splitter";

/** A vote that a message decides by picking one of R partitions, the same for all votes after one prefix. */
export interface PartitionVote extends Vote {
  /** Identifies the prefix, whose partitions all its votes share. */
  readonly prefix: string;
  /** Membership of the token in each partition, shape [R], zeros and ones. */
  readonly bits: Uint8Array;
}

/**
 * Distributions of hits under a random message, one per prefix. A message picks one partition j for a prefix, so the
 * hits of its votes are dependent: they sum to Σ_t bits_t[j], each j with probability 1/R. Treating them as independent
 * makes p-values too small where prefixes repeat, as in source code.
 */
export function partsByPrefix(votes: readonly PartitionVote[]): Float64Array[] {
  const groups = new Map<string, PartitionVote[]>();
  for (const vote of votes) {
    const group = groups.get(vote.prefix);
    if (group) group.push(vote);
    else groups.set(vote.prefix, [vote]);
  }
  return Array.from(groups.values(), (group) => {
    const part = new Float64Array(group.length + 1);
    const partitions = group[0]!.bits.length;
    for (let j = 0; j < partitions; j++) {
      const hits = group.reduce((sum, { bits }) => sum + bits[j]!, 0);
      part[hits]! += 1 / partitions;
    }
    return part;
  });
}
