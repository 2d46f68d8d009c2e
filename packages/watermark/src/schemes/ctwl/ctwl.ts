import { bitsToInteger, integerToBits } from "../../codec/bit-strings";
import type { CtwlProfile } from "../../core/profile";
import type {
  Mark,
  PayloadCandidate,
  ReadOptions,
  Scheme,
  SchemeReading,
  SchemeResources,
  SchemeTest,
  Scored,
} from "../../core/scheme";
import { WatermarkError } from "../../error";
import type { WatermarkKey } from "../../prf/key";
import { anyOf, poissonBinomialTail } from "../../statistics/binomial";
import { balanceSplitter } from "./balance-splitter";
import { ctwlEmbedder } from "./ctwl-embedder";
import { distributionsOf } from "./distributions";
import { chunkLayout, type Layout } from "./layout";
import { type ChunkReading, isInformative, readChunk } from "./read-chunk";
import { referenceSplitter } from "./reference-splitter";
import type { Splitter, Vote } from "./splitter";
import { vanillaSplitter } from "./vanilla-splitter";

/** Positions with the vote of their token. */
export interface CtwlScored extends Scored {
  readonly votes: readonly Vote[];
}

function splitterOf(profile: CtwlProfile, key: WatermarkKey | undefined): Splitter {
  if (profile.compat) return referenceSplitter(profile) as unknown as Splitter;
  const splitter =
    profile.scheme === "ctwl-balance"
      ? balanceSplitter(profile, key!)
      : vanillaSplitter(profile, key!);
  return splitter as unknown as Splitter;
}

function checkProxy(profile: CtwlProfile, { proxy }: SchemeResources): void {
  if (profile.scheme !== "ctwl-balance") return;
  if (!proxy)
    throw new WatermarkError("ERR_PROXY", "createWatermark: ctwl-balance needs a proxy LM");
  if (proxy.vocabSize !== profile.vocab_size)
    throw new WatermarkError(
      "ERR_PROXY",
      `createWatermark: proxy ${proxy.id} has ${proxy.vocabSize} tokens, the profile ${profile.vocab_size}; both must share one tokenizer`,
      { needed: profile.vocab_size, got: proxy.vocabSize },
    );
  if (profile.proxy && profile.proxy.id !== proxy.id)
    throw new WatermarkError(
      "ERR_PROXY",
      `createWatermark: the profile names proxy ${profile.proxy.id}, got ${proxy.id}`,
    );
}

/** One chunk of the message with the picks that may carry it. */
interface Group {
  chunk: number;
  picks: readonly number[];
}

/** In a window every pick may belong to any chunk; else the layout knows. */
function groupsOf(scored: Scored, picks: readonly number[], layout: Layout, isWindow: boolean) {
  return Array.from({ length: layout.chunks }, (_, chunk): Group => {
    if (isWindow) return { chunk, picks };
    return {
      chunk,
      picks: picks.filter((i) => layout.chunkAt(scored.positions[i]!) === chunk),
    };
  });
}

/**
 * Codable text watermarking: each chunk of L bits favours one half of the vocabulary per step.
 * A text's presence test asks whether the best of all messages hits more often than chance, with
 * q_t = (1/R) Σ_j [x_t ∈ G_j] as the chance of position t.
 *
 * @see Wang et al. 2024 (2307.15992)
 */
export function ctwl(
  profile: CtwlProfile,
  key: WatermarkKey | undefined,
  resources: SchemeResources,
): Scheme<CtwlScored> {
  checkProxy(profile, resources);
  const { message_bits, message_code_len: width, bias } = profile;
  const layout = chunkLayout(profile);
  const splitter = splitterOf(profile, key);
  const distributions = distributionsOf(profile, resources.proxy);
  const chunkValues = (payload: Uint8Array) =>
    Array.from({ length: layout.chunks }, (_, chunk) =>
      bitsToInteger(payload, chunk * width, chunk * width + layout.bitsOf(chunk)),
    );
  const votesOf = (scored: CtwlScored, picks: readonly number[]) =>
    picks.map((i) => scored.votes[i]!);

  const readGroup = (scored: CtwlScored, { chunk, picks }: Group): ChunkReading =>
    readChunk(splitter, votesOf(scored, picks), chunk, layout.bitsOf(chunk), bias);

  const marksOf = (scored: CtwlScored, groups: readonly Group[], values: readonly number[]) => {
    const marks = new Map<number, Mark>();
    for (const { chunk, picks } of groups)
      for (const i of picks) {
        const vote = scored.votes[i]!;
        const { chance } = vote;
        const isHit = splitter.isHit(vote, chunk, values[chunk]!);
        marks.set(i, { value: Number(isHit), mean: chance, variance: chance * (1 - chance) });
      }
    return marks;
  };

  const testCandidates = (scored: CtwlScored, groups: readonly Group[], options: ReadOptions) => {
    const ranked = rankCandidates(scored, groups, options.candidates!);
    const marks = marksOf(scored, groups, chunkValues(ranked[0]!.bits));
    const kept = [...marks.values()].filter((mark) => mark.variance > 0);
    const hits = kept.reduce((sum, mark) => sum + mark.value, 0);
    const pSingle = poissonBinomialTail(
      kept.map((mark) => mark.mean),
      hits,
    );
    return { marks, pValue: kept.length ? anyOf(pSingle, ranked.length) : 1 };
  };

  const rankCandidates = (
    scored: CtwlScored,
    groups: readonly Group[],
    candidates: readonly Uint8Array[],
  ): PayloadCandidate[] =>
    candidates
      .map((bits) => {
        const values = chunkValues(bits);
        let score = 0;
        for (const { chunk, picks } of groups)
          for (const vote of votesOf(scored, picks))
            if (isInformative(vote) && splitter.isHit(vote, chunk, values[chunk]!)) score++;
        return { bits, score };
      })
      .sort((a, b) => b.score - a.score);

  const test = (scored: CtwlScored, picks: readonly number[], options: ReadOptions): SchemeTest => {
    const groups = groupsOf(scored, picks, layout, options.isWindow);
    if (options.candidates) {
      const { marks, pValue } = testCandidates(scored, groups, options);
      return { pValue, marks: picks.map((i) => marks.get(i) ?? noMark) };
    }
    const readings = groups.map((group) => readGroup(scored, group));
    const smallest = Math.min(...readings.map((reading) => reading.pAny));
    const shown = options.isWindow
      ? groups.filter((_, c) => readings[c]!.pAny === smallest).slice(0, 1)
      : groups;
    const marks = marksOf(
      scored,
      shown,
      readings.map((reading) => reading.value),
    );
    return {
      pValue: Math.min(1, smallest * groups.length),
      marks: picks.map((i) => marks.get(i) ?? noMark),
    };
  };

  return {
    messageBits: message_bits,
    unscoredTokens: layout.first,
    embedder: (payload) =>
      ctwlEmbedder(profile, splitter, layout, distributions, chunkValues(payload!)),
    score(ids) {
      const positions: number[] = [];
      const names: string[] = [];
      const votes: Vote[] = [];
      for (let t = layout.first; t < ids.length; t++) {
        const proxy = distributions.at(ids, t, 0);
        if (proxy === "skip") continue;
        positions.push(t);
        const prefix = Array.from(
          { length: profile.hash_prefix_len },
          (_, i) => ids[t - profile.hash_prefix_len + i]!,
        );
        names.push(`${prefix.join()}:${ids[t]}`);
        votes.push(splitter.vote(ids, t, proxy));
      }
      return { positions, names, votes };
    },
    test,
    read(scored, picks, options): SchemeReading {
      const groups = groupsOf(scored, picks, layout, options.isWindow);
      const readings = groups.map((group) => readGroup(scored, group));
      const ranked = options.candidates && rankCandidates(scored, groups, options.candidates);
      return assemble(readings, layout, message_bits, width, ranked);
    },
    readWindows(scored, windows, options): SchemeReading {
      const chosen = Array.from({ length: layout.chunks }, (_, chunk) => {
        let best: { pAny: number; group: Group } | undefined;
        windows.forEach(({ tested, all }, w) => {
          const picksOf = (picks: readonly number[]) =>
            groupsOf(scored, picks, layout, w > 0)[chunk]!;
          const { pAny } = readGroup(scored, picksOf(tested));
          if (!best || pAny < best.pAny) best = { pAny, group: picksOf(all) };
        });
        return best!.group;
      });
      const ranked = options.candidates && rankCandidates(scored, chosen, options.candidates);
      const readings = chosen.map((group) => readGroup(scored, group));
      return assemble(readings, layout, message_bits, width, ranked);
    },
    ...(distributions.isUsed && {
      async prepare(ids: ArrayLike<number>) {
        for (let t = layout.first; t < ids.length; t++) await distributions.fetch(ids, t, 0);
      },
    }),
  };
}

const noMark: Mark = { value: 0, mean: 0, variance: 0 };

/** Puts chunks together to a payload, with the payloads that swap one doubtful chunk. */
function assemble(
  readings: readonly ChunkReading[],
  layout: Layout,
  messageBits: number,
  width: number,
  ranked: PayloadCandidate[] | undefined,
): SchemeReading {
  const bits = new Uint8Array(messageBits);
  const bitConfidence = new Float64Array(messageBits);
  const erasedBits = new Uint8Array(messageBits);
  readings.forEach((reading, chunk) => {
    bits.set(integerToBits(reading.value, layout.bitsOf(chunk)), chunk * width);
    bitConfidence.set(reading.bitConfidence, chunk * width);
    if (reading.isErased) erasedBits.fill(1, chunk * width, chunk * width + layout.bitsOf(chunk));
  });
  const symbols = readings.map(({ bitConfidence: _, ...symbol }) => symbol);
  if (ranked)
    return { bits: ranked[0]!.bits, bitConfidence, erasedBits, symbols, candidates: ranked };
  const score = readings.reduce((sum, reading) => sum + reading.hits, 0);
  const swaps = readings
    .map((reading, chunk) => {
      const swapped = bits.slice();
      swapped.set(integerToBits(reading.second, layout.bitsOf(chunk)), chunk * width);
      return { bits: swapped, score: score - reading.margin };
    })
    .sort((a, b) => b.score - a.score);
  return { bits, bitConfidence, erasedBits, symbols, candidates: [{ bits, score }, ...swaps] };
}
