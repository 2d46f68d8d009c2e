import { bytesInAlphabetOrder, toByteAlphabet } from "./byte-alphabet";
import { pairHeap } from "./pair-heap";
import { pairTable, type WordList } from "./pair-table";

const symbolOfByte = (() => {
  const symbols = new Int32Array(256);
  for (const [symbol, byte] of bytesInAlphabetOrder.entries()) symbols[byte] = symbol;
  return symbols;
})();

/** Writes pre-tokens as symbols: bytes, numbered in alphabet order. */
export function wordList(preTokens: ReadonlyMap<string, number>): WordList {
  const encoder = new TextEncoder();
  const encoded = Array.from(preTokens.keys(), (token) => encoder.encode(token));
  const starts = new Int32Array(encoded.length + 1);
  for (const [i, bytes] of encoded.entries()) starts[i + 1] = starts[i]! + bytes.length;
  const symbols = new Int32Array(starts[encoded.length]!);
  for (const [i, bytes] of encoded.entries())
    for (let k = 0; k < bytes.length; k++) symbols[starts[i]! + k] = symbolOfByte[bytes[k]!]!;
  return { symbols, starts, counts: Float64Array.from(preTokens.values()) };
}

/** Options of the merge loop. */
export interface MergeLoopOptions {
  /** Symbols, bytes included, at which to stop. */
  symbolLimit: number;
  minFrequency: number;
  ties: "greatest-bytes" | "smallest-ids";
  /** Strings in the byte alphabet that no merge may produce, as special tokens use them. */
  reserved: ReadonlySet<string>;
}

/** One merge: the two symbols, and how often they were adjacent. */
export interface Merge {
  left: number;
  right: number;
  count: number;
}

/**
 * Merges the most frequent pair again and again, and yields each merge as it is made. Symbols are the
 * bytes in alphabet order, then the merged strings; `strings` holds each as raw bytes and grows.
 */
export function* mergeLoop(
  words: WordList,
  strings: string[],
  { symbolLimit, minFrequency, ties, reserved }: MergeLoopOptions,
): Generator<Merge> {
  const table = pairTable(words, symbolLimit);
  const { left, right, counts } = table;
  const isGreaterInBytes = (a: number, b: number) => {
    if (left[a] !== left[b]) return strings[left[a]!]! > strings[left[b]!]!;
    return strings[right[a]!]! > strings[right[b]!]!;
  };
  const hasSmallerIds = (a: number, b: number) =>
    left[a] !== left[b] ? left[a]! < left[b]! : right[a]! < right[b]!;
  const heap = pairHeap(ties === "greatest-bytes" ? isGreaterInBytes : hasSmallerIds);
  for (let pair = 0; pair < left.length; pair++) heap.push(pair, counts[pair]!);

  const symbolOf = new Map(strings.map((text, symbol) => [text, symbol]));
  const isMerged = new Set<number>();
  while (strings.length < symbolLimit) {
    const top = heap.pop();
    if (!top) return;
    const count = counts[top.pair]!;
    if (top.count !== count) {
      if (top.count > count && count >= minFrequency) heap.push(top.pair, count);
      continue;
    }
    if (count < minFrequency) return;
    const text = strings[left[top.pair]!]! + strings[right[top.pair]!]!;
    if (reserved.has(toByteAlphabet(text))) continue;
    const symbol = symbolOf.get(text) ?? strings.push(text) - 1; // two pairs may spell the same token
    symbolOf.set(text, symbol);
    for (const pair of table.merge(top.pair, symbol))
      if (counts[pair]! >= minFrequency) heap.push(pair, counts[pair]!);
    if (isMerged.has(top.pair)) continue;
    isMerged.add(top.pair);
    yield { left: left[top.pair]!, right: right[top.pair]!, count };
  }
}
