/** A place inside one or more words, spelled in UTF-8. */
export interface Word {
  readonly id: number;
  /** Bytes before it. */
  readonly depth: number;
  readonly children: Map<number, Word>;
  /** The number of the word that ends here; −1 if none does. */
  index: number;
  /** Numbers of the words that go through here or end here, ascending. */
  readonly below: number[];
  /** Tokens to the nearest end of a word; set by `measure`. */
  cost: number;
  /** Bytes to that end. */
  bytes: number;
  /** The number of the word that ends there. */
  nearest: number;
}

/** The words as a tree of bytes. Of equal words the first counts. */
export function wordTrie(words: readonly string[]): Word {
  const encoder = new TextEncoder();
  let count = 0;
  const place = (depth: number): Word => {
    const [children, below] = [new Map<number, Word>(), [] as number[]];
    return { id: count++, depth, children, index: -1, below, cost: 0, bytes: 0, nearest: -1 };
  };
  const root = place(0);
  for (const [i, word] of words.entries()) {
    let at = root;
    at.below.push(i);
    for (const byte of encoder.encode(word)) {
      let next = at.children.get(byte);
      if (!next) {
        next = place(at.depth + 1);
        at.children.set(byte, next);
      }
      at = next;
      at.below.push(i);
    }
    if (at.index < 0) at.index = i;
  }
  return root;
}
