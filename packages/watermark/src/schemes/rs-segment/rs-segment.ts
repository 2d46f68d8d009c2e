import { bitsToInteger, integerToBits } from "../../codec/bit-strings";
import { rsDecode, rsEncode } from "../../codec/reed-solomon";
import type {
  PayloadCandidate,
  ReadOptions,
  Scheme,
  SchemeReading,
  SchemeResources,
  SchemeTest,
} from "../../core/scheme";
import { unlimited } from "../../core/work-budget";
import type { WatermarkKey } from "../../prf/key";
import { anyOf, binomialTail } from "../../statistics/binomial";
import { favour } from "../kgw/kgw";
import { bitConfidences } from "../shared/symbol-reading";
import type { RsSegmentProfile } from "./profile";
import { type RsScored, rsLists, scoreSegments } from "./rs-lists";
import { nearbyWords, readSegments, type SegmentReading, wordScore } from "./rs-reading";

/** Conversion between payloads and code words. */
function wordCodec({ data_symbols, code_symbols, symbol_bits, message_bits }: RsSegmentProfile) {
  const total = data_symbols * symbol_bits;
  return {
    encode(payload: Uint8Array): number[] {
      const padded = new Uint8Array(total);
      padded.set(payload);
      const data = Array.from({ length: data_symbols }, (_, i) =>
        bitsToInteger(padded, i * symbol_bits, (i + 1) * symbol_bits),
      );
      return rsEncode(data, code_symbols - data_symbols, symbol_bits);
    },
    payloadOf(word: readonly number[]): Uint8Array {
      const bits = new Uint8Array(total);
      for (let i = 0; i < data_symbols; i++)
        bits.set(integerToBits(word[i]!, symbol_bits), i * symbol_bits);
      return bits.slice(0, message_bits);
    },
  };
}

type WordCodec = ReturnType<typeof wordCodec>;

/** Payloads with their hits, best first: the given candidates, or those of nearby code words. */
function rankPayloads(
  profile: RsSegmentProfile,
  codec: WordCodec,
  readings: readonly SegmentReading[],
  { candidates, listSize, spend }: ReadOptions,
): (PayloadCandidate & { word: number[] })[] {
  if (candidates)
    return candidates
      .map((bits) => {
        const word = codec.encode(bits);
        return { bits, word, score: wordScore(readings, word) };
      })
      .sort((a, b) => b.score - a.score);
  const words = nearbyWords(readings, profile, spend).slice(0, listSize);
  if (!words.length) {
    const symbols = readings.map((reading) => reading.value);
    words.push({ symbols, score: wordScore(readings, symbols) });
  }
  return words.map(({ symbols, score }) => ({
    bits: codec.payloadOf(symbols),
    word: symbols,
    score,
  }));
}

function readPayload(
  profile: RsSegmentProfile,
  codec: WordCodec,
  readings: readonly SegmentReading[],
  options: ReadOptions,
): SchemeReading {
  const { symbol_bits: width, code_symbols, data_symbols, message_bits } = profile;
  const ranked = rankPayloads(profile, codec, readings, options);
  const { bits, word } = ranked[0]!;
  const received = readings.map((reading) => reading.value);
  const silent = readings.flatMap((reading, i) => (reading.isErased ? [i] : []));
  const within = rsDecode(received, code_symbols - data_symbols, width, silent);
  const sure = readings
    .slice(0, Math.ceil(message_bits / width))
    .map((reading, i) => bitConfidences(reading.weights, word[i]!, width));
  const isValid = within?.symbols.join() === word.join();
  return {
    bits,
    bitConfidence: Float64Array.from({ length: message_bits }, (_, b) =>
      Math.max(0.5, sure[Math.floor(b / width)]![b % width]!),
    ),
    erasedBits: Uint8Array.from({ length: message_bits }, (_, b) =>
      !isValid && readings[Math.floor(b / width)]!.isErased ? 1 : 0,
    ),
    symbols: readings.map(({ weights: _, counts: __, ...symbol }) => symbol),
    candidates: ranked.map(({ word: _, ...candidate }) => candidate),
    ecc: { isValid, corrected: received.flatMap((value, i) => (value === word[i] ? [] : [i])) },
  };
}

/**
 * Segments with a Reed-Solomon code: each context carries one code symbol, by which its green list is
 * shifted cyclically; token v is favoured when (v + symbol) mod |V| is green. The presence test takes
 * the best of the raw symbols (2^(n m) words) and of the corrected word (2^(k m)), doubled.
 *
 * @see Qu et al. 2024 (2401.16820)
 */
export function rsSegment(
  profile: RsSegmentProfile,
  key: WatermarkKey,
  resources: SchemeResources,
): Scheme<RsScored> {
  const { vocab_size: size, symbol_bits, data_symbols, code_symbols, bias } = profile;
  const lists = rsLists(profile, key, resources);
  const { chance } = lists;
  const codec = wordCodec(profile);
  const readAll = (scored: RsScored, picks: readonly number[], { spend }: ReadOptions) => {
    spend((picks.length + code_symbols) * 2 ** symbol_bits);
    return readSegments(scored, picks, profile, chance);
  };
  return {
    messageBits: profile.message_bits,
    hasNormalScore: false,
    unscoredTokens: 1,
    embedder(payload) {
      const word = codec.encode(payload!);
      return {
        edit(ids, _start, logits) {
          if (ids.length < 1) return;
          const previous = ids[ids.length - 1]!;
          const symbol = word[lists.segmentOf(previous)]!;
          const tokens = lists.greens(previous).map((green) => (green - symbol + size) % size);
          favour(logits, tokens, bias, false);
        },
      };
    },
    score(ids, spend = unlimited) {
      spend(ids.length * 2 ** symbol_bits);
      return scoreSegments(ids, profile, lists);
    },
    test(scored, picks, options): SchemeTest {
      if (!picks.length) return { pValue: 1, marks: [] };
      const readings = readAll(scored, picks, options);
      const [best] = rankPayloads(profile, codec, readings, { ...options, listSize: 1 });
      const tail = (hits: number, rivals: number) =>
        anyOf(binomialTail(picks.length, hits, chance), rivals);
      const raw = readings.reduce((sum, reading) => sum + reading.hits, 0);
      const pValue = options.candidates
        ? tail(best!.score, options.candidates.length)
        : 2 *
          Math.min(
            tail(raw, 2 ** (code_symbols * symbol_bits)),
            tail(best!.score, 2 ** (data_symbols * symbol_bits)),
          );
      const variance = chance * (1 - chance);
      const marks = picks.map((i) => {
        const symbol = best!.word[scored.segments[i]!]!;
        return { value: scored.favoured[i * 2 ** symbol_bits + symbol]!, mean: chance, variance };
      });
      return { pValue: Math.min(1, pValue), marks };
    },
    read: (scored, picks, options) =>
      readPayload(profile, codec, readAll(scored, picks, options), options),
  };
}
