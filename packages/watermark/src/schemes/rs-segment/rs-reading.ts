import { rsDecode } from "../../codec/reed-solomon";
import type { SymbolReading } from "../../core/scheme";
import type { Spend } from "../../core/work-budget";
import { anyOf, binomialTail } from "../../statistics/binomial";
import { readSymbol } from "../shared/symbol-reading";
import type { RsSegmentProfile } from "./profile";
import type { RsScored } from "./rs-lists";

/** One segment's reading with the hits of all symbol values. */
export type SegmentReading = SymbolReading & { weights: Float64Array; counts: Uint32Array };

/** A code word with the hits it explains. */
export interface ScoredWord {
  symbols: number[];
  score: number;
}

/** Counts the hits of every symbol value in every segment. */
export function readSegments(
  scored: RsScored,
  picks: readonly number[],
  { code_symbols: segments, symbol_bits, bias }: RsSegmentProfile,
  chance: number,
): SegmentReading[] {
  const values = 2 ** symbol_bits;
  const hits = new Map<number, Uint32Array>();
  const tokens = new Uint32Array(segments);
  for (const i of picks) {
    const segment = scored.segments[i]!;
    tokens[segment]!++;
    const row = hits.get(segment) ?? new Uint32Array(values);
    hits.set(segment, row);
    for (let s = 0; s < values; s++) row[s]! += scored.favoured[i * values + s]!;
  }
  const none = new Uint32Array(values);
  const silent = { ...readSymbol(none, 0, bias, 1), counts: none };
  return Array.from({ length: segments }, (_, segment) => {
    const counts = hits.get(segment);
    if (!counts) return silent;
    const total = tokens[segment]!;
    const most = counts.reduce((a, b) => Math.max(a, b), 0);
    const pAny = anyOf(binomialTail(total, most, chance), values);
    return { ...readSymbol(counts, total, bias, pAny), counts };
  });
}

/** Hits that a word explains. */
export const wordScore = (readings: readonly SegmentReading[], word: readonly number[]): number =>
  readings.reduce((sum, { counts }, segment) => sum + counts[word[segment]!]!, 0);

/** Number of symbols treated as uncertain: long codes are slow to decode, and have more checks available. */
const doubtfulSymbols = (symbols: number) => (symbols <= 63 ? 6 : 2);

/**
 * Code words near the received word, those that explain the most hits first: the received word is decoded
 * with every subset of its least certain symbols erased, and with each of those replaced by its
 * runner-up. Ranking by hits uses the certainty of each symbol, unlike counting wrong symbols.
 *
 * @see Chase 1972, decoding with channel measurement information
 */
export function nearbyWords(
  readings: readonly SegmentReading[],
  { code_symbols, data_symbols, symbol_bits }: RsSegmentProfile,
  spend: Spend,
): ScoredWord[] {
  const checks = code_symbols - data_symbols;
  const received = readings.map((reading) => reading.value);
  const silent = readings.flatMap((reading, i) => (reading.isErased ? [i] : []));
  const doubtful = readings
    .map(({ margin }, i) => ({ i, margin }))
    .filter(({ i }) => !silent.includes(i))
    .sort((a, b) => a.margin - b.margin || a.i - b.i)
    .slice(0, doubtfulSymbols(code_symbols))
    .map(({ i }) => i);
  const words = new Map<string, ScoredWord>();
  const attempt = (symbols: readonly number[], erasures: readonly number[]) => {
    spend(2 * code_symbols * checks);
    const decoded = rsDecode(symbols, checks, symbol_bits, erasures);
    if (!decoded) return;
    const word = decoded.symbols;
    words.set(word.join(), { symbols: word, score: wordScore(readings, word) });
  };
  for (let subset = 0; subset < 2 ** doubtful.length; subset++) {
    const erasures = [...silent, ...doubtful.filter((_, b) => (subset >>> b) & 1)];
    if (erasures.length > checks) continue;
    attempt(received, erasures);
    for (const i of doubtful)
      if (!erasures.includes(i))
        attempt(
          received.map((value, at) => (at === i ? readings[i]!.second : value)),
          erasures,
        );
  }
  return [...words.values()].sort((a, b) => b.score - a.score);
}
