/** Unique words as symbol sequences, with how often each occurs. */
export interface WordList {
  /** All symbols, word after word. */
  symbols: Int32Array;
  /** Where each word starts in `symbols`, shape [words + 1]. */
  starts: Int32Array;
  /** Occurrences of each word in the corpus, shape [words]. */
  counts: Float64Array;
}

/**
 * The adjacent symbol pairs of all words: their total counts and the words they occur in. A pair has an
 * index for life; its symbols are in `left` and `right`.
 */
export interface PairTable {
  readonly left: number[];
  readonly right: number[];
  readonly counts: number[];
  /** Replaces a pair by one symbol in every word, left to right, and returns the pairs whose count grew. */
  merge(pair: number, symbol: number): Set<number>;
}

/**
 * Counts all pairs of the words. Merging later touches only the words that hold the pair, so training costs
 * about the number of symbols merged, not (merges × corpus).
 *
 * @param words modified by the table: merging shortens the words in place
 * @param symbolLimit no symbol will ever be this large or larger
 */
export function pairTable(words: WordList, symbolLimit: number): PairTable {
  const { symbols, starts } = words;
  const ends = starts.slice(1);
  const indices = new Map<number, number>(); // left · symbolLimit + right -> pair
  const left: number[] = [];
  const right: number[] = [];
  const counts: number[] = [];
  const wordsOf: number[][] = [];

  function add(a: number, b: number, word: number, amount: number): number {
    const key = a * symbolLimit + b;
    let pair = indices.get(key);
    if (pair === undefined) {
      pair = left.length;
      indices.set(key, pair);
      left.push(a);
      right.push(b);
      counts.push(0);
      wordsOf.push([]);
    }
    counts[pair]! += amount;
    const holders = wordsOf[pair]!;
    if (amount > 0 && holders[holders.length - 1] !== word) holders.push(word);
    return pair;
  }

  for (let word = 0; word < ends.length; word++)
    for (let i = starts[word]!; i + 1 < ends[word]!; i++)
      add(symbols[i]!, symbols[i + 1]!, word, words.counts[word]!);

  function mergeInWord(
    word: number,
    a: number,
    b: number,
    symbol: number,
    grown: Set<number>,
  ): void {
    const start = starts[word]!;
    const end = ends[word]!;
    const amount = words.counts[word]!;
    let to = start;
    for (let from = start; from < end; from++) {
      const isPair = symbols[from] === a && from + 1 < end && symbols[from + 1] === b;
      if (!isPair) {
        symbols[to++] = symbols[from]!;
        continue;
      }
      if (to > start) {
        add(symbols[to - 1]!, a, word, -amount);
        grown.add(add(symbols[to - 1]!, symbol, word, amount));
      }
      if (from + 2 < end) {
        add(b, symbols[from + 2]!, word, -amount);
        grown.add(add(symbol, symbols[from + 2]!, word, amount));
      }
      symbols[to++] = symbol;
      from++;
    }
    ends[word] = to;
  }

  return {
    left,
    right,
    counts,
    merge(pair, symbol) {
      const grown = new Set<number>();
      const holders = wordsOf[pair]!;
      wordsOf[pair] = [];
      for (const word of holders) mergeInWord(word, left[pair]!, right[pair]!, symbol, grown);
      counts[pair] = 0;
      return grown;
    },
  };
}
