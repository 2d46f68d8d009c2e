import type { Budget, Slices } from "@deepgrain/support";
import { type SpellingTokenizer, tokenBytes } from "./token-bytes";
import { childPlace, hasToken, type TokenTrie, tokenTrie } from "./token-trie";
import type { Word } from "./word-trie";

/** Tokens of a tokenizer by their bytes. */
export interface Vocabulary {
  /** Ids are below it. */
  readonly size: number;
  /** The bytes of each token that is text. */
  readonly bytes: readonly (Uint8Array | undefined)[];
  /** All tokens that are text. */
  readonly trie: TokenTrie;
  /** Those that do not stand in the plain text of a string: with quotes, escapes, control characters, or parts of characters. */
  readonly special: TokenTrie;
  /** The others. */
  readonly plainTrie: TokenTrie;
  /** The others, by their number of characters. */
  readonly plain: ReadonlyMap<number, readonly number[]>;
  /** Fewest tokens that spell what is left of a text, from each of its places on. A step is a byte of a token that is tried. */
  costs(text: Uint8Array, budget?: Budget | undefined): number[];
  /** Fewest tokens from a place to the nearest end of a word, written into the place and those below it. */
  measureWords(words: Word, budget: Budget): Slices<void>;
  /** The characters that are tokens. */
  characters(): Iterable<number>;
  /** Fewest plain tokens with so many characters together. */
  plainCost(characters: number): number;
  /** So many characters, in few tokens. */
  plainText(characters: number): string;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The number of characters of a token that may stand anywhere in a string; 0 if it may not. */
function plainLength(bytes: Uint8Array): number {
  if (bytes.some((byte) => byte < 0x20 || byte === 0x22 || byte === 0x5c)) return 0;
  try {
    return Array.from(decoder.decode(bytes)).length;
  } catch {
    return 0; // a part of a character
  }
}

/** Fewest tokens of some lengths with so many characters together; a table, and the longest token beyond it. */
function coinCosts(lengths: readonly number[]) {
  const longest = Math.max(0, ...lengths);
  const table = [0];
  const end = 64 + longest;
  for (let k = 1; k <= end; k++) {
    const costs = lengths.filter((length) => length <= k).map((length) => 1 + table[k - length]!);
    table.push(Math.min(Infinity, ...costs));
  }
  return (count: number): number => {
    if (longest === 0) return count === 0 ? 0 : Infinity;
    const whole = Math.max(0, Math.ceil((count - end) / longest));
    return whole + table[count - whole * longest]!;
  };
}

/** Places of words between two slices. */
const SLICE = 1024;

function* measureWords(words: Word, trie: TokenTrie, budget: Budget): Slices<void> {
  const order: Word[] = [words];
  for (const word of order) for (const next of word.children.values()) order.push(next);
  for (const [i, word] of order.reverse().entries()) {
    if (i % SLICE === SLICE - 1) yield;
    word.cost = word.index >= 0 ? 0 : Infinity;
    word.bytes = word.cost;
    word.nearest = word.index;
    if (word.index >= 0) continue;
    const open: [at: Word, place: number][] = [[word, -1]];
    for (let one = open.pop(); one; one = open.pop()) {
      const [at, place] = one;
      budget.spendSteps(1);
      if (place >= 0 && hasToken(trie, place) && 1 + at.cost < word.cost) {
        word.cost = 1 + at.cost;
        word.bytes = at.depth - word.depth + at.bytes;
        word.nearest = at.nearest;
      }
      if (place >= 0 && at.index >= 0) continue;
      for (const [byte, next] of at.children) {
        const below = childPlace(trie, place, byte);
        if (below >= 0) open.push([next, below]);
      }
    }
  }
}

/** Fewest tokens that spell what is left of a text, from each place on. */
function textCosts(text: Uint8Array, trie: TokenTrie, budget: Budget | undefined): number[] {
  const costs = Array<number>(text.length + 1).fill(Infinity);
  costs[text.length] = 0;
  for (let start = text.length - 1; start >= 0; start--) {
    let place = -1;
    let at = start;
    for (; at < text.length; at++) {
      place = childPlace(trie, place, text[at]!);
      if (place < 0) break;
      if (hasToken(trie, place)) costs[start] = Math.min(costs[start]!, 1 + costs[at + 1]!);
    }
    budget?.spendSteps(at - start + 1);
  }
  return costs;
}

/** The vocabulary of tokens with these bytes. */
function vocabularyFrom(bytes: readonly (Uint8Array | undefined)[]): Vocabulary {
  const entries = bytes.flatMap((own, id) =>
    own && own.length > 0 ? [[id, own] as [number, Uint8Array]] : [],
  );
  const plain = new Map<number, number[]>();
  const special: [number, Uint8Array][] = [];
  const plainEntries: [number, Uint8Array][] = [];
  let filler = "";
  for (const entry of entries) {
    const length = plainLength(entry[1]);
    if (length === 0) special.push(entry);
    else plainEntries.push(entry);
    if (length === 0) continue;
    if (plain.has(length)) plain.get(length)!.push(entry[0]);
    else plain.set(length, [entry[0]]);
    if (length > Array.from(filler).length) filler = decoder.decode(entry[1]);
  }
  const trie = tokenTrie(entries);
  return {
    size: bytes.length,
    bytes,
    trie,
    special: tokenTrie(special),
    plainTrie: tokenTrie(plainEntries),
    plain,
    costs: (text, budget) => textCosts(text, trie, budget),
    measureWords: (words, budget) => measureWords(words, trie, budget),
    *characters() {
      for (const id of plain.get(1) ?? []) yield decoder.decode(bytes[id]).codePointAt(0)!;
    },
    plainCost: coinCosts([...plain.keys()]),
    plainText: (characters) =>
      Array.from(filler.repeat(Math.ceil(characters / Math.max(1, Array.from(filler).length))))
        .slice(0, characters)
        .join(""),
  };
}

/** The vocabulary of the 256 bytes, in which every text can be spelled. */
export const byteVocabulary = (): Vocabulary =>
  vocabularyFrom(Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)));

/** A tokenizer's tokens, as far as they have been read. */
interface Reading {
  readonly bytes: (Uint8Array | undefined)[];
  readonly bytesOf: (id: number) => Uint8Array | undefined;
  vocabulary?: Vocabulary | undefined;
}

const readings = new WeakMap<object, Reading>();

/** The vocabulary of a tokenizer, read once, however many ask for it meanwhile. */
export function* vocabularyOf(tokenizer: SpellingTokenizer): Slices<Vocabulary> {
  let reading = readings.get(tokenizer);
  if (!reading) {
    reading = { bytes: [], bytesOf: tokenBytes(tokenizer) };
    readings.set(tokenizer, reading);
  }
  const { bytes, bytesOf } = reading;
  while (bytes.length < tokenizer.vocabSize) {
    bytes.push(bytesOf(bytes.length));
    if (bytes.length % 256 === 0) yield;
  }
  reading.vocabulary ??= vocabularyFrom(bytes);
  return reading.vocabulary;
}
