import { bitsToInteger, integerToBits } from "../../codec/bit-strings";
import type {
  PayloadCandidate,
  Scheme,
  SchemeReading,
  SchemeTest,
  Scored,
  SymbolReading,
} from "../../core/scheme";
import type { WatermarkKey } from "../../prf/key";
import { anyOf, binomialTail } from "../../statistics/binomial";
import { largestCellMass, largestCellTail } from "../../statistics/largest-cell";
import { bitConfidences, readSymbol } from "../shared/symbol-reading";
import { type MpacColours, mpacColours } from "./mpac-colours";
import { mpacEmbedder } from "./mpac-embedder";
import type { MpacProfile } from "./profile";

/** Positions with the digit they carry and their token's colour. */
export interface MpacScored extends Scored {
  readonly digits: Int32Array;
  readonly colours: Int32Array;
}

type Reading = SymbolReading & { weights: Float64Array };

/** Counts[digit][colour] over the picks, digit colours only. */
function countColours(scored: MpacScored, picks: readonly number[], colours: MpacColours) {
  const counts = Array.from(
    { length: colours.digits },
    (_, digit) => new Uint32Array(2 ** colours.bitsOf(digit)),
  );
  for (const i of picks) {
    const row = counts[scored.digits[i]!]!;
    if (scored.colours[i]! < row.length) row[scored.colours[i]!]!++;
  }
  return counts;
}

function readDigits(counts: readonly Uint32Array[], bias: number): Reading[] {
  return counts.map((row) => {
    const tokens = row.reduce((a, b) => a + b, 0);
    const pAny = tokens ? largestCellTail(tokens, row.length, Math.max(...row)) : 1;
    return readSymbol(row, tokens, bias, pAny);
  });
}

/** P(Σ of fullest cells ≥ score). The digits are independent given their numbers of tokens. */
function sumOfLargestTail(counts: readonly Uint32Array[], score: number): number {
  let mass = new Float64Array([1]);
  for (const row of counts) {
    const tokens = row.reduce((a, b) => a + b, 0);
    const cell = largestCellMass(tokens, row.length);
    const next = new Float64Array(mass.length + cell.length - 1);
    for (let i = 0; i < mass.length; i++)
      if (mass[i]! > 0) for (let j = 0; j < cell.length; j++) next[i + j]! += mass[i]! * cell[j]!;
    mass = next;
  }
  let tail = 0;
  for (let s = mass.length - 1; s >= score; s--) tail += mass[s]!;
  return Math.min(1, tail);
}

/** The payloads that swap subsets of the least certain digits for their runners-up, best first. */
function listPayloads(
  readings: readonly Reading[],
  payloadOf: (values: readonly number[]) => Uint8Array,
  size: number,
): PayloadCandidate[] {
  const doubtful = readings
    .map((reading, digit) => ({ digit, margin: reading.margin }))
    .sort((a, b) => a.margin - b.margin || a.digit - b.digit)
    .slice(0, Math.min(12, Math.ceil(Math.log2(size + 1))));
  const values = readings.map((reading) => reading.value);
  const top = readings.reduce((sum, reading) => sum + reading.hits, 0);
  const candidates: PayloadCandidate[] = [];
  for (let subset = 0; subset < 2 ** doubtful.length; subset++) {
    const flipped = values.slice();
    let score = top;
    doubtful.forEach(({ digit, margin }, b) => {
      if (!((subset >>> b) & 1)) return;
      flipped[digit] = readings[digit]!.second;
      score -= margin;
    });
    candidates.push({ bits: payloadOf(flipped), score });
  }
  return candidates.sort((a, b) => b.score - a.score).slice(0, size);
}

/**
 * Position allocation: each context carries one digit of the message, whose value is the colour list
 * that gains δ. Decoding takes the most frequent colour of each digit; digits without tokens are erased.
 * The presence test adds the counts of the decoded colours and compares with the exact distribution
 * of that sum when colours are even.
 *
 * @see Yoo et al. 2024 (MPAC, 2308.00221)
 */
export function mpac(profile: MpacProfile, key: WatermarkKey): Scheme<MpacScored> {
  const colours = mpacColours(profile, key);
  const { context_width: width, bias, message_bits } = profile;
  const isSelf = profile.seeding_scheme === "selfhash";
  const first = isSelf ? width - 1 : width;
  const digitsOf = (payload: Uint8Array) =>
    Array.from({ length: colours.digits }, (_, digit) => {
      const from = digit * colours.digitBits;
      return bitsToInteger(payload, from, from + colours.bitsOf(digit));
    });
  const payloadOf = (values: readonly number[]) => {
    const bits = new Uint8Array(message_bits);
    values.forEach((value, digit) => {
      bits.set(integerToBits(value, colours.bitsOf(digit)), digit * colours.digitBits);
    });
    return bits;
  };
  const rank = (counts: readonly Uint32Array[], candidates: readonly Uint8Array[]) =>
    candidates
      .map((bits) => ({
        bits,
        score: digitsOf(bits).reduce((sum, value, digit) => sum + counts[digit]![value]!, 0),
      }))
      .sort((a, b) => b.score - a.score);
  return {
    messageBits: message_bits,
    hasNormalScore: false,
    unscoredTokens: first,
    embedder: (payload) => mpacEmbedder(profile, colours, digitsOf(payload!)),
    score: (ids) => scoreColours(ids, colours, first, isSelf),
    test(scored, picks, { candidates }): SchemeTest {
      const counts = countColours(scored, picks, colours);
      const values = candidates
        ? digitsOf(rank(counts, candidates)[0]!.bits)
        : readDigits(counts, bias).map((reading) => reading.value);
      let hits = 0;
      const marks = picks.map((i) => {
        const row = counts[scored.digits[i]!]!;
        const mean = 1 / row.length;
        if (scored.colours[i]! >= row.length) return { value: 0, mean: 0, variance: 0 };
        const value = Number(scored.colours[i] === values[scored.digits[i]!]);
        hits += value;
        return { value, mean, variance: mean * (1 - mean) };
      });
      if (!candidates) return { pValue: sumOfLargestTail(counts, hits), marks };
      const kept = marks.filter((mark) => mark.variance > 0);
      const chance = kept.reduce((sum, mark) => sum + mark.mean, 0) / Math.max(1, kept.length);
      const pSingle = kept.length ? binomialTail(kept.length, hits, chance) : 1;
      return { pValue: anyOf(pSingle, candidates.length), marks };
    },
    read(scored, picks, { candidates, listSize }): SchemeReading {
      const counts = countColours(scored, picks, colours);
      const readings = readDigits(counts, bias);
      const bitConfidence = new Float64Array(message_bits);
      const erasedBits = new Uint8Array(message_bits);
      readings.forEach(({ weights, value, isErased }, digit) => {
        const from = digit * colours.digitBits;
        const count = colours.bitsOf(digit);
        bitConfidence.set(bitConfidences(weights, value, count), from);
        if (isErased) erasedBits.fill(1, from, from + count);
      });
      const ranked = candidates
        ? rank(counts, candidates)
        : listPayloads(readings, payloadOf, listSize);
      const symbols = readings.map(({ weights: _, ...symbol }) => symbol);
      return { bits: ranked[0]!.bits, bitConfidence, erasedBits, symbols, candidates: ranked };
    },
  };
}

function scoreColours(
  ids: ArrayLike<number>,
  colours: MpacColours,
  first: number,
  isSelf: boolean,
): MpacScored {
  const positions: number[] = [];
  const names: string[] = [];
  const digits: number[] = [];
  const seen: number[] = [];
  for (let t = first; t < ids.length; t++) {
    const end = isSelf ? t + 1 : t;
    positions.push(t);
    names.push(`${colours.name(ids, end)}:${ids[t]}`);
    digits.push(colours.digitAt(ids, end));
    seen.push(colours.colourOf(ids, end, ids[t]!));
  }
  return {
    positions,
    names,
    digits: Int32Array.from(digits),
    colours: Int32Array.from(seen),
  };
}
