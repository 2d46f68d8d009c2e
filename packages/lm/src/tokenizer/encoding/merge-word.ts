import type { Slices } from "@deepgrain/support";
import type { BPE } from "@huggingface/tokenizers";
import type { Pace } from "./pace";
import { RankHeap } from "./rank-heap";

/** Texts of tokens as numbers, and the ranks of their pairs; each pair is looked up once. */
class Symbols {
  readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly ranks = new Map<number, number>();

  constructor(private readonly bpe: BPE) {}

  of(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  /** How early a pair is merged; Infinity for one that is not. */
  rank(left: number, right: number): number {
    const pair = left * 2 ** 26 + right;
    const known = this.ranks.get(pair);
    if (known !== undefined) return known;
    const key = JSON.stringify([this.texts[left], this.texts[right]]);
    const rank = this.bpe.bpe_ranks.get(key) ?? Infinity;
    this.ranks.set(pair, rank);
    return rank;
  }
}

/** The characters of a word as symbols, the last one with the suffix that ends words. */
function* symbolsOf(word: string, bpe: BPE, symbols: Symbols, pace: Pace): Slices<Int32Array> {
  const all = new Int32Array(word.length);
  let count = 0;
  let end = 0;
  for (const character of word) {
    end += character.length;
    const suffix = end === word.length ? (bpe.end_of_word_suffix ?? "") : "";
    all[count++] = symbols.of(character + suffix);
    if (pace.isDue(1)) yield;
  }
  return all.subarray(0, count);
}

/**
 * The tokens of a long word by byte-pair encoding, in slices: those that the library's `bpe` returns for it. The pair of the lowest
 * rank is merged first, of equal ones the leftmost; the time is that of sorting the word's characters.
 *
 * @see Sennrich et al. 2016, section 3.2
 */
export function* mergeWord(bpe: BPE, word: string, pace: Pace): Slices<Iterable<string>> {
  const symbols = new Symbols(bpe);
  const at = yield* symbolsOf(word, bpe, symbols, pace); // the symbol that begins at each place
  const { length } = at;
  const next = new Int32Array(length + 1); // the place of the symbol behind it; 0 for a symbol that is gone
  const previous = new Int32Array(length + 1);
  const heap = new RankHeap(2 * length);
  const rankAt = (place: number): number => {
    const after = next[place]!;
    return after === 0 || after === length ? Infinity : symbols.rank(at[place]!, at[after]!);
  };
  const offer = (place: number) => {
    const rank = rankAt(place);
    if (rank < Infinity) heap.push(rank * 2 ** 26 + place);
  };
  for (let place = 0; place < length; place++) {
    next[place] = place + 1;
    previous[place + 1] = place;
  }
  for (let place = 0; place < length; place++) {
    offer(place);
    if (pace.isDue(1)) yield;
  }
  while (heap.size > 0) {
    const first = heap.pop();
    const place = first % 2 ** 26;
    if (pace.isDue(1)) yield;
    if (rankAt(place) !== Math.floor(first / 2 ** 26)) continue; // it was merged meanwhile
    const right = next[place]!;
    at[place] = symbols.of(symbols.texts[at[place]!]! + symbols.texts[at[right]!]!);
    next[place] = next[right]!;
    previous[next[right]!] = place;
    next[right] = 0;
    if (place > 0) offer(previous[place]!);
    offer(place);
  }
  return tokensOf(at, next, symbols, bpe.continuing_subword_suffix ?? "");
}

/** The symbols that are left, from the first place to the last. */
function* tokensOf(at: Int32Array, next: Int32Array, { texts }: Symbols, suffix: string) {
  for (let place = 0; place < at.length; place = next[place]!)
    yield next[place] === at.length ? texts[at[place]!]! : texts[at[place]!]! + suffix;
}
