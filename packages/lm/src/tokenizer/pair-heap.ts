/**
 * A binary heap of (pair, count) entries, largest count first. Counts are those at the time of pushing: the owner
 * compares them with the current counts when popping, and pushes outdated entries again.
 */
export interface PairHeap {
  push(pair: number, count: number): void;
  /** Removes and returns the first entry; `undefined` when the heap is empty. */
  pop(): { pair: number; count: number } | undefined;
}

/**
 * Creates an empty heap.
 *
 * @param isFirstOfTie whether pair `a` comes before pair `b` when their counts are equal
 */
export function pairHeap(isFirstOfTie: (a: number, b: number) => boolean): PairHeap {
  const pairs: number[] = [];
  const counts: number[] = [];

  const isBefore = (countA: number, pairA: number, countB: number, pairB: number) =>
    countA !== countB ? countA > countB : pairA !== pairB && isFirstOfTie(pairA, pairB);

  const place = (slot: number, pair: number, count: number) => {
    pairs[slot] = pair;
    counts[slot] = count;
  };

  function siftDown(pair: number, count: number): void {
    let slot = 0;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= pairs.length) break;
      const right = child + 1;
      if (
        right < pairs.length &&
        isBefore(counts[right]!, pairs[right]!, counts[child]!, pairs[child]!)
      )
        child = right;
      if (!isBefore(counts[child]!, pairs[child]!, count, pair)) break;
      place(slot, pairs[child]!, counts[child]!);
      slot = child;
    }
    place(slot, pair, count);
  }

  return {
    push(pair, count) {
      let slot = pairs.length;
      while (slot > 0) {
        const parent = (slot - 1) >> 1;
        if (!isBefore(count, pair, counts[parent]!, pairs[parent]!)) break;
        place(slot, pairs[parent]!, counts[parent]!);
        slot = parent;
      }
      place(slot, pair, count);
    },
    pop() {
      if (pairs.length === 0) return undefined;
      const first = { pair: pairs[0]!, count: counts[0]! };
      const pair = pairs.pop()!;
      const count = counts.pop()!;
      if (pairs.length > 0) siftDown(pair, count);
      return first;
    },
  };
}
