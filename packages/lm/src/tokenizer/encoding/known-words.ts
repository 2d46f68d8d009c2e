/** Longest word that is kept, in characters. */
const LONGEST = 64;
/** Size of one half: the characters and ids of its words, and so much for each word. */
const HALF = 2 ** 19;
const EACH = 8;

/** A text that holds on to no other, as a slice of a long text does in V8. */
const copied = (text: string): string => {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return String.fromCharCode(...units);
};

/**
 * The ids of words that were met lately, at most a few ten thousand. They are kept in two halves: when the younger one is full, it
 * becomes the older one, whose words are forgotten unless they were met meanwhile.
 */
export class KnownWords {
  private young = new Map<string, readonly number[]>();
  private old: ReadonlyMap<string, readonly number[]> = new Map();
  private size = 0;

  get(word: string): readonly number[] | undefined {
    const young = this.young.get(word);
    if (young !== undefined) return young;
    const old = this.old.get(word);
    if (old !== undefined) this.add(word, old);
    return old;
  }

  add(word: string, ids: readonly number[]): void {
    if (word.length > LONGEST) return;
    this.size += word.length + ids.length + EACH;
    if (this.size > HALF) {
      this.old = this.young;
      this.young = new Map();
      this.size = word.length + ids.length + EACH;
    }
    this.young.set(copied(word), ids);
  }

  /** Words that are kept. */
  get count(): number {
    return this.young.size + this.old.size;
  }
}
