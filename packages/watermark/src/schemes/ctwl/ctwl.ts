import type { Mark, ReadOptions, Scheme, SchemeResources, SchemeTest } from "../../core/scheme";
import { type Spend, unlimited } from "../../core/work-budget";
import type { WatermarkKey } from "../../prf/key";
import { checkProxy } from "../../proxy/check-proxy";
import { type Distributions, distributionsOf } from "../../proxy/distributions";
import { anyOf } from "../../statistics/binomial";
import { tailOf } from "../../statistics/sparse-sum";
import { balanceSplitter } from "./balance-splitter";
import { ctwlEmbedder } from "./ctwl-embedder";
import {
  bestGroups,
  type CtwlReader,
  type CtwlScored,
  chunkValues,
  type Group,
  groupsOf,
  marksOf,
  rankCandidates,
  readChunks,
  readGroups,
} from "./ctwl-reader";
import { ones } from "./hits-tail";
import { chunkLayout } from "./layout";
import type { CtwlProfile } from "./profile";
import { isInformative } from "./read-chunk";
import { referenceSplitter } from "./reference-splitter";
import type { Splitter, Vote } from "./splitter";
import { vanillaSplitter } from "./vanilla-splitter";

const noMark: Mark = { value: 0, mean: 0, variance: 0 };

function splitterOf(profile: CtwlProfile, key: WatermarkKey | undefined): Splitter {
  if (profile.compat) return referenceSplitter(profile) as unknown as Splitter;
  const splitter =
    profile.scheme === "ctwl-balance"
      ? balanceSplitter(profile, key!)
      : vanillaSplitter(profile, key!);
  return splitter as unknown as Splitter;
}

/** Tests the best of a few payloads over all chunks at once. */
function testCandidates(
  reader: CtwlReader,
  scored: CtwlScored,
  groups: readonly Group[],
  candidates: readonly Uint8Array[],
) {
  const ranked = rankCandidates(reader, scored, groups, candidates);
  const marks = marksOf(reader, scored, groups, chunkValues(reader, ranked[0]!.bits));
  const votes = groups.map(({ picks }) => picks.map((i) => scored.votes[i]!).filter(isInformative));
  const parts = votes.flatMap((own) => reader.splitter.partsOf(own, ones(own.length)));
  const pSingle = tailOf(parts, ranked[0]!.score);
  return { marks, pValue: parts.length ? anyOf(pSingle, ranked.length) : 1 };
}

/** Tests whether any message of any chunk hits too often; the best chunk decides. */
function testAll(
  reader: CtwlReader,
  scored: CtwlScored,
  groups: readonly Group[],
  { isWindow, spend }: ReadOptions,
) {
  const readings = readChunks(reader, scored, groups, spend);
  const smallest = Math.min(...readings.map((reading) => reading.pAny));
  const best = readings.findIndex((reading) => reading.pAny === smallest);
  // A window's picks are shared by all chunks: they are shown under the one that fits best.
  const shown = isWindow ? [groups[best]!] : groups;
  const values = readings.map((reading) => reading.value);
  const pValue = Math.min(1, smallest * groups.length);
  return { marks: marksOf(reader, scored, shown, values), pValue };
}

function scoreText(
  { profile, layout, splitter }: CtwlReader,
  distributions: Distributions,
  ids: ArrayLike<number>,
  spend: Spend = unlimited,
): CtwlScored {
  const positions: number[] = [];
  const names: string[] = [];
  const votes: Vote[] = [];
  for (let t = layout.first; t < ids.length; t++) {
    const proxy = distributions.at(ids, t, 0);
    if (proxy === "skip") continue;
    const pair = Array.prototype.slice.call(ids, t - profile.hash_prefix_len, t + 1);
    positions.push(t);
    names.push(pair.join());
    if (proxy) spend(proxy.mass.length);
    votes.push(splitter.vote(ids, t, proxy, spend));
  }
  return { positions, names, votes, readings: new Map() };
}

/**
 * Codable text watermarking: each chunk of L bits favours one half of the vocabulary per step.
 * A text's presence test asks whether the best of all messages hits more often than chance, with q_t = (1/R) Σ_j [x_t
 * ∈ G_j] as the probability at position t; among messages that hit equally often, the hits with small q_t count.
 *
 * @see Wang et al. 2024 (2307.15992)
 */
export function ctwl(
  profile: CtwlProfile,
  key: WatermarkKey | undefined,
  resources: SchemeResources,
): Scheme<CtwlScored> {
  const proxy = profile.scheme === "ctwl-balance" ? resources.proxy : undefined;
  if (profile.scheme === "ctwl-balance") checkProxy(profile, proxy);
  const layout = chunkLayout(profile);
  const reader: CtwlReader = { profile, layout, splitter: splitterOf(profile, key) };
  const distributions = distributionsOf(profile, proxy);
  const test = (scored: CtwlScored, picks: readonly number[], options: ReadOptions): SchemeTest => {
    const { candidates, isWindow } = options;
    const groups = groupsOf(reader, scored, picks, isWindow);
    const { marks, pValue } = candidates
      ? testCandidates(reader, scored, groups, candidates)
      : testAll(reader, scored, groups, options);
    return { pValue, marks: picks.map((i) => marks.get(i) ?? noMark) };
  };
  return {
    messageBits: profile.message_bits,
    hasNormalScore: false,
    unscoredTokens: layout.first,
    embedder: (payload) =>
      ctwlEmbedder(profile, reader.splitter, layout, distributions, chunkValues(reader, payload!)),
    score: (ids, spend) => scoreText(reader, distributions, ids, spend),
    test,
    read: (scored, picks, options) =>
      readGroups(reader, scored, groupsOf(reader, scored, picks, options.isWindow), options),
    readWindows: (scored, windows, options) =>
      readGroups(reader, scored, bestGroups(reader, scored, windows, options), options),
    ...(distributions.isUsed && {
      async prepare(ids: ArrayLike<number>) {
        for (let t = layout.first; t < ids.length; t++) await distributions.fetch(ids, t, 0);
      },
    }),
  };
}
