import type { Slices } from "@deepgrain/support";

/** A place inside one or more words, spelled in UTF-8. */
export interface Word {
  readonly id: number;
  /** Bytes before it. */
  readonly depth: number;
  readonly children: Map<number, Word>;
  /** The number of the word that ends here; −1 if none does. */
  index: number;
  /** Numbers of the words that go through here or end here, ascending. */
  below: readonly number[];
  /** Tokens to the nearest end of a word; set by `measure`. */
  cost: number;
  /** Bytes to that end. */
  bytes: number;
  /** The number of the word that ends there. */
  nearest: number;
}

const place = (id: number, depth: number): Word => {
  const children = new Map<number, Word>();
  return { id, depth, children, index: -1, below: [], cost: 0, bytes: 0, nearest: -1 };
};

/** No word at all. */
export const noWords: Word = place(0, 0);

/** Places between two slices. */
const SLICE = 4096;

/** The words as a tree of bytes. Of equal words the first counts. */
export function* wordTrie(words: readonly string[]): Slices<Word> {
  const encoder = new TextEncoder();
  let count = 0;
  const root = place(count++, 0);
  for (const [i, word] of words.entries()) {
    const only = [i]; // shared by the places of this word alone
    const pass = (at: Word) => {
      if (at.below.length === 0) at.below = only;
      else if (at.below.length === 1) at.below = [at.below[0]!, i];
      else (at.below as number[]).push(i);
    };
    let at = root;
    pass(at);
    for (const byte of encoder.encode(word)) {
      let next = at.children.get(byte);
      if (!next) {
        next = place(count++, at.depth + 1);
        at.children.set(byte, next);
        if (count % SLICE === 0) yield;
      }
      at = next;
      pass(at);
    }
    if (at.index < 0) at.index = i;
  }
  return root;
}
