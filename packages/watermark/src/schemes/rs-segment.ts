import { bitsToInteger, integerToBits } from "../codec/bit-strings";
import { type RsDecoded, rsDecode, rsEncode } from "../codec/reed-solomon";
import type { RsSegmentProfile } from "../core/profile";
import type {
  PayloadCandidate,
  Scheme,
  SchemeReading,
  SchemeResources,
  SchemeTest,
  Scored,
  SymbolReading,
} from "../core/scheme";
import { WatermarkError } from "../error";
import { mixBelow } from "../prf/expand";
import { deriveSubkey, type WatermarkKey } from "../prf/key";
import { keyedPermutation } from "../prf/permutation";
import { sipHash } from "../prf/siphash";
import { anyOf, binomialTail } from "../statistics/binomial";
import { favour } from "./kgw";
import { balancedSegmentMap } from "./segment-map";
import { bitConfidences, readSymbol } from "./symbol-reading";

/** Positions with their segment and the symbols that favour their token. */
export interface RsScored extends Scored {
  readonly segments: Uint16Array;
  /** Shape [positions, 2^symbol_bits], zeros and ones. */
  readonly favoured: Uint8Array;
}

type Reading = SymbolReading & { weights: Float64Array };

/** Segment and green list by previous token. */
function segmentLists(profile: RsSegmentProfile, key: WatermarkKey, resources: SchemeResources) {
  const { vocab_size: size, code_symbols, greenlist_ratio, segment_map } = profile;
  const count = Math.floor(greenlist_ratio * size + 1e-9);
  const segmentKey = deriveSubkey(key, "rs-segment/segment");
  const greenKey = deriveSubkey(key, "rs-segment/green");
  const { frequencies } = resources;
  if (segment_map === "balanced" && frequencies?.length !== size)
    throw new WatermarkError(
      "ERR_PROFILE",
      `createWatermark: a balanced segment map needs ${size} token frequencies, got ${frequencies?.length ?? 0}`,
      { needed: size, got: frequencies?.length ?? 0 },
    );
  const map =
    segment_map === "balanced"
      ? balancedSegmentMap(frequencies!, code_symbols, sipHash(segmentKey, []))
      : undefined;
  return {
    chance: count / size,
    segmentOf: (previous: number) =>
      map ? map[previous]! : mixBelow(sipHash(segmentKey, [previous]), 0, code_symbols),
    greens: (previous: number) =>
      keyedPermutation(sipHash(greenKey, [previous]), size, count).subarray(0, count),
  };
}

/**
 * Tries the received word, then with its least certain symbols erased, one more at a time. Returns
 * the first word within reach.
 */
function correct(readings: readonly Reading[], checks: number, symbolBits: number) {
  const received = readings.map((reading) => reading.value);
  const silent = readings.flatMap((reading, i) => (reading.isErased ? [i] : []));
  const doubtful = readings
    .map((reading, i) => ({ i, margin: reading.margin }))
    .filter(({ i }) => !silent.includes(i))
    .sort((a, b) => a.margin - b.margin || a.i - b.i)
    .map(({ i }) => i);
  for (let extra = 0; silent.length + extra <= checks; extra++) {
    const erasures = [...silent, ...doubtful.slice(0, extra)];
    // With all checks spent on erasures any word fits: there is nothing left to tell it from noise.
    if (extra > 0 && erasures.length === checks) break;
    const word = rsDecode(received, checks, symbolBits, erasures);
    if (word) return word;
  }
  return undefined;
}

/**
 * Segments with Reed-Solomon code: each context carries one code symbol, by which its green list is
 * shifted cyclically; token v is favoured when (v + symbol) mod |V| is green.
 *
 * @see Qu et al. 2024 (2401.16820)
 */
export function rsSegment(
  profile: RsSegmentProfile,
  key: WatermarkKey,
  resources: SchemeResources,
): Scheme<RsScored> {
  const { vocab_size: size, symbol_bits, data_symbols, code_symbols, bias, message_bits } = profile;
  const lists = segmentLists(profile, key, resources);
  const checks = code_symbols - data_symbols;
  const values = 2 ** symbol_bits;
  const codeword = (payload: Uint8Array) => {
    const padded = new Uint8Array(data_symbols * symbol_bits);
    padded.set(payload);
    const data = Array.from({ length: data_symbols }, (_, i) =>
      bitsToInteger(padded, i * symbol_bits, (i + 1) * symbol_bits),
    );
    return rsEncode(data, checks, symbol_bits);
  };
  const payloadOf = (symbols: readonly number[]) => {
    const bits = new Uint8Array(data_symbols * symbol_bits);
    for (let i = 0; i < data_symbols; i++)
      bits.set(integerToBits(symbols[i]!, symbol_bits), i * symbol_bits);
    return bits.slice(0, message_bits);
  };
  const hitsOf = (scored: RsScored, picks: readonly number[], word: readonly number[]) =>
    picks.map((i) => scored.favoured[i * values + word[scored.segments[i]!]!]!);
  const scoreOf = (scored: RsScored, picks: readonly number[], word: readonly number[]) =>
    hitsOf(scored, picks, word).reduce((a, b) => a + b, 0);
  const readAll = (scored: RsScored, picks: readonly number[]) =>
    readSegments(scored, picks, code_symbols, values, lists.chance, bias);

  const best = (scored: RsScored, picks: readonly number[], candidates?: readonly Uint8Array[]) => {
    const tail = (word: readonly number[], count: number) =>
      anyOf(binomialTail(picks.length, scoreOf(scored, picks, word), lists.chance), count);
    if (candidates) {
      const ranked = rank(scored, picks, candidates);
      const word = codeword(ranked[0]!.bits);
      return { word, pValue: tail(word, candidates.length) };
    }
    const readings = readAll(scored, picks);
    const raw = readings.map((reading) => reading.value);
    const pRaw = tail(raw, 2 ** (code_symbols * symbol_bits));
    const corrected = correct(readings, checks, symbol_bits);
    if (!corrected) return { word: raw, pValue: pRaw };
    const pWord = tail(corrected.symbols, 2 ** (data_symbols * symbol_bits));
    return { word: corrected.symbols, pValue: Math.min(1, 2 * Math.min(pRaw, pWord)) };
  };
  const rank = (
    scored: RsScored,
    picks: readonly number[],
    candidates: readonly Uint8Array[],
  ): PayloadCandidate[] =>
    candidates
      .map((bits) => ({ bits, score: scoreOf(scored, picks, codeword(bits)) }))
      .sort((a, b) => b.score - a.score);

  return {
    messageBits: message_bits,
    unscoredTokens: 1,
    embedder(payload) {
      const word = codeword(payload!);
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
    score: (ids) => scoreSegments(ids, size, values, lists),
    test(scored, picks, { candidates }): SchemeTest {
      if (!picks.length) return { pValue: 1, marks: [] };
      const { word, pValue } = best(scored, picks, candidates);
      const variance = lists.chance * (1 - lists.chance);
      return {
        pValue,
        marks: hitsOf(scored, picks, word).map((value) => ({
          value,
          mean: lists.chance,
          variance,
        })),
      };
    },
    read(scored, picks, { candidates, listSize }): SchemeReading {
      const readings = readAll(scored, picks);
      const corrected = correct(readings, checks, symbol_bits);
      const word = corrected?.symbols ?? readings.map((reading) => reading.value);
      const listed = candidates
        ? rank(scored, picks, candidates)
        : rank(scored, picks, listWords(readings, word, checks, symbol_bits).map(payloadOf));
      const first = candidates
        ? listed[0]!
        : { bits: payloadOf(word), score: scoreOf(scored, picks, word) };
      const rest = listed.filter((candidate) => candidate.bits.join() !== first.bits.join());
      const symbolBits = readings.map((reading, i) =>
        bitConfidences(reading.weights, word[i]!, symbol_bits),
      );
      return {
        bits: first.bits,
        bitConfidence: Float64Array.from({ length: message_bits }, (_, b) =>
          Math.max(0.5, symbolBits[Math.floor(b / symbol_bits)]![b % symbol_bits]!),
        ),
        erasedBits: erasedBits(readings, corrected, message_bits, symbol_bits),
        symbols: readings.map(({ weights: _, ...symbol }) => symbol),
        candidates: [first, ...rest].slice(0, listSize),
        ecc: { isValid: corrected !== undefined, corrected: corrected?.corrected ?? [] },
      };
    },
  };
}

/** Words reached when one symbol is replaced by its runner-up. */
function listWords(
  readings: readonly Reading[],
  word: readonly number[],
  checks: number,
  symbolBits: number,
): number[][] {
  const words = [word.slice()];
  readings.forEach((reading, i) => {
    const received = readings.map((r) => r.value);
    received[i] = reading.second;
    const decoded = rsDecode(received, checks, symbolBits);
    if (decoded) words.push(decoded.symbols);
  });
  return words;
}

function erasedBits(
  readings: readonly Reading[],
  corrected: RsDecoded | undefined,
  messageBits: number,
  symbolBits: number,
): Uint8Array {
  return Uint8Array.from({ length: messageBits }, (_, b) =>
    !corrected && readings[Math.floor(b / symbolBits)]!.isErased ? 1 : 0,
  );
}

function readSegments(
  scored: RsScored,
  picks: readonly number[],
  segments: number,
  values: number,
  chance: number,
  bias: number,
): Reading[] {
  const hits = Array.from({ length: segments }, () => new Uint32Array(values));
  const tokens = new Uint32Array(segments);
  for (const i of picks) {
    const segment = scored.segments[i]!;
    tokens[segment]!++;
    for (let s = 0; s < values; s++) hits[segment]![s]! += scored.favoured[i * values + s]!;
  }
  return hits.map((row, segment) => {
    const most = row.reduce((a, b) => Math.max(a, b), 0);
    const pAny = tokens[segment] ? anyOf(binomialTail(tokens[segment]!, most, chance), values) : 1;
    return readSymbol(row, tokens[segment]!, bias, pAny);
  });
}

function scoreSegments(
  ids: ArrayLike<number>,
  size: number,
  values: number,
  lists: ReturnType<typeof segmentLists>,
): RsScored {
  const count = Math.max(0, ids.length - 1);
  const positions: number[] = [];
  const names: string[] = [];
  const segments = new Uint16Array(count);
  const favoured = new Uint8Array(count * values);
  const masks = new Map<number, Uint8Array>();
  for (let t = 1; t < ids.length; t++) {
    const previous = ids[t - 1]!;
    let mask = masks.get(previous);
    if (!mask) {
      mask = new Uint8Array(size);
      for (const green of lists.greens(previous)) mask[green] = 1;
      masks.set(previous, mask);
    }
    positions.push(t);
    names.push(`${previous}:${ids[t]}`);
    segments[t - 1] = lists.segmentOf(previous);
    for (let s = 0; s < values; s++) favoured[(t - 1) * values + s] = mask[(ids[t]! + s) % size]!;
  }
  return { positions, names, segments, favoured };
}
