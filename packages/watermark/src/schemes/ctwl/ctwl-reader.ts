import { bitsToInteger, integerToBits } from "../../codec/bit-strings";
import type { Mark, PayloadCandidate, ReadOptions, SchemeReading, Scored } from "../../core/scheme";
import type { Spend } from "../../core/work-budget";
import type { Layout } from "./layout";
import type { CtwlProfile } from "./profile";
import { type ChunkReading, isInformative, readChunk } from "./read-chunk";
import type { Splitter, Vote } from "./splitter";

/** Positions with the vote of their token. */
export interface CtwlScored extends Scored {
  readonly votes: readonly Vote[];
  /** Cached readings by chunk and picks: testing and decoding read the same groups. */
  readonly readings: Map<string, ChunkReading>;
}

/** One chunk of the message with the picks that may carry it. */
export interface Group {
  chunk: number;
  picks: readonly number[];
}

/** The inputs for reading a CTWL text. */
export interface CtwlReader {
  profile: CtwlProfile;
  layout: Layout;
  splitter: Splitter;
}

/** A payload's chunks as integers. */
export const chunkValues = ({ profile, layout }: CtwlReader, payload: Uint8Array): number[] =>
  Array.from({ length: layout.chunks }, (_, chunk) => {
    const from = chunk * profile.message_code_len;
    return bitsToInteger(payload, from, from + layout.bitsOf(chunk));
  });

/** In a window every pick may belong to any chunk; otherwise the layout determines it. */
export function groupsOf(
  { layout }: CtwlReader,
  scored: Scored,
  picks: readonly number[],
  isWindow: boolean,
): Group[] {
  return Array.from({ length: layout.chunks }, (_, chunk) => ({
    chunk,
    picks: isWindow ? picks : picks.filter((i) => layout.chunkAt(scored.positions[i]!) === chunk),
  }));
}

const groupName = ({ chunk, picks }: Group): string => `${chunk}:${picks.join()}`;

/** Reads the chunks of some groups. The total work is known, and refused if too large, before the first is read. */
export function readChunks(
  { profile, layout, splitter }: CtwlReader,
  scored: CtwlScored,
  groups: readonly Group[],
  spend: Spend,
): ChunkReading[] {
  const unread = groups.filter((group) => !scored.readings.has(groupName(group)));
  const stepsOf = ({ chunk, picks }: Group) =>
    picks.length * splitter.tallySteps(layout.bitsOf(chunk)) + 2 ** layout.bitsOf(chunk);
  spend(unread.reduce((sum, group) => sum + stepsOf(group), 0));
  for (const group of unread) {
    const { chunk, picks } = group;
    const votes = picks.map((i) => scored.votes[i]!);
    const reading = readChunk(splitter, votes, chunk, layout.bitsOf(chunk), profile.bias);
    scored.readings.set(groupName(group), reading);
  }
  return groups.map((group) => scored.readings.get(groupName(group))!);
}

/** Hits and hit probabilities of the picks under given chunk values. */
export function marksOf(
  { splitter }: CtwlReader,
  scored: CtwlScored,
  groups: readonly Group[],
  values: readonly number[],
): Map<number, Mark> {
  const marks = new Map<number, Mark>();
  for (const { chunk, picks } of groups)
    for (const i of picks) {
      const vote = scored.votes[i]!;
      const isHit = splitter.isHit(vote, chunk, values[chunk]!);
      const { chance } = vote;
      marks.set(i, { value: Number(isHit), mean: chance, variance: chance * (1 - chance) });
    }
  return marks;
}

/** Payloads by their hits at informative positions, best first. */
export function rankCandidates(
  reader: CtwlReader,
  scored: CtwlScored,
  groups: readonly Group[],
  candidates: readonly Uint8Array[],
): PayloadCandidate[] {
  const hitsOf = (bits: Uint8Array) => {
    const values = chunkValues(reader, bits);
    let hits = 0;
    for (const { chunk, picks } of groups)
      for (const i of picks) {
        const vote = scored.votes[i]!;
        if (isInformative(vote) && reader.splitter.isHit(vote, chunk, values[chunk]!)) hits++;
      }
    return hits;
  };
  return candidates
    .map((bits) => ({ bits, score: hitsOf(bits) }))
    .sort((a, b) => b.score - a.score);
}

/** Reads all groups and assembles the payload, and alternatives that swap one doubtful chunk. */
export function readGroups(
  reader: CtwlReader,
  scored: CtwlScored,
  groups: readonly Group[],
  { candidates: given, spend }: ReadOptions,
): SchemeReading {
  const { layout, profile } = reader;
  const { message_bits, message_code_len: width } = profile;
  const readings = readChunks(reader, scored, groups, spend);
  const bits = new Uint8Array(message_bits);
  const bitConfidence = new Float64Array(message_bits);
  const erasedBits = new Uint8Array(message_bits);
  readings.forEach((reading, chunk) => {
    const from = chunk * width;
    bits.set(integerToBits(reading.value, layout.bitsOf(chunk)), from);
    bitConfidence.set(reading.bitConfidence, from);
    if (reading.isErased) erasedBits.fill(1, from, from + layout.bitsOf(chunk));
  });
  const symbols = readings.map(({ bitConfidence: _, ...symbol }) => symbol);
  const score = readings.reduce((sum, reading) => sum + reading.hits, 0);
  const swaps = readings.map((reading, chunk) => {
    const swapped = bits.slice();
    swapped.set(integerToBits(reading.second, layout.bitsOf(chunk)), chunk * width);
    return { bits: swapped, score: score - reading.margin };
  });
  const candidates = given
    ? rankCandidates(reader, scored, groups, given)
    : [{ bits, score }, ...swaps.sort((a, b) => b.score - a.score)];
  return { bits: candidates[0]!.bits, bitConfidence, erasedBits, symbols, candidates };
}

/** For each chunk, the window in which it reads best; the first window is the complete text. */
export function bestGroups(
  reader: CtwlReader,
  scored: CtwlScored,
  windows: readonly { tested: readonly number[]; all: readonly number[] }[],
  { spend }: ReadOptions,
): Group[] {
  return Array.from({ length: reader.layout.chunks }, (_, chunk) => {
    let smallest = Number.POSITIVE_INFINITY;
    let chosen: Group = { chunk, picks: [] };
    windows.forEach(({ tested, all }, w) => {
      const groupOf = (picks: readonly number[]) => groupsOf(reader, scored, picks, w > 0)[chunk]!;
      const { pAny } = readChunks(reader, scored, [groupOf(tested)], spend)[0]!;
      if (pAny >= smallest) return;
      smallest = pAny;
      chosen = groupOf(all);
    });
    return chosen;
  });
}
