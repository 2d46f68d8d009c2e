import type { WatermarkKey } from "../prf/key";
import { gBit, gValues } from "../schemes/g-values";
import { greenLists } from "../schemes/green-lists";
import { mpacColours } from "../schemes/mpac-colours";
import { unigramGreenList } from "../schemes/unigram";
import type { KgwProfile, MpacProfile, Profile, SynthIdProfile } from "./profile";
import { topRanked } from "./top-indices";

/** G-values of all tokens after the context, a string of depth digits per token. */
function describeSynthId(
  profile: SynthIdProfile,
  key: WatermarkKey | undefined,
  ids: readonly number[],
): Record<string, unknown> {
  const width = profile.ngram_len - 1;
  const context = [...new Array<number>(width).fill(0), ...ids].slice(-width);
  const values = gValues(profile, key);
  const tokens = Array.from({ length: profile.vocab_size }, (_, v) => v);
  const bits = values.of(context, tokens);
  const layers = Array.from({ length: profile.depth }, (_, layer) => layer);
  return {
    context,
    gValues: tokens.map((v) => layers.map((layer) => gBit(bits, values.words, v, layer)).join("")),
  };
}

/** Each candidate of self-hash with the context that it completes, best first. */
function selfHashWindows(
  profile: KgwProfile | MpacProfile,
  ids: readonly number[],
  logits: Place["logits"],
): { token: number; window: readonly number[] }[] {
  const { context_width: width, selfhash_candidates: most, vocab_size: size } = profile;
  const ranked = logits
    ? topRanked(
        Float32Array.from(logits, (x) => x ?? Number.NEGATIVE_INFINITY),
        Math.min(most, size),
      )
    : Array.from({ length: size }, (_, v) => v);
  const before = width > 1 ? ids.slice(1 - width) : [];
  return Array.from(ranked, (token) => ({ token, window: [...before, token] }));
}

/** Seed of every candidate, and those that are on their own green list. */
function describeSelfHash(
  profile: KgwProfile,
  key: WatermarkKey | undefined,
  ids: readonly number[],
  logits: Place["logits"],
): Record<string, unknown> {
  const lists = greenLists(profile, key);
  const windows = selfHashWindows(profile, ids, logits);
  const width = profile.context_width;
  return {
    candidates: windows.map(({ token, window }) => ({ token, seed: lists.name(window, width) })),
    greenList: windows.flatMap(({ token, window }) =>
      lists.contains(window, width, token) ? [token] : [],
    ),
  };
}

/** Digit and colour of every candidate. */
function describeSelfHashColours(
  profile: MpacProfile,
  key: WatermarkKey,
  ids: readonly number[],
  logits: Place["logits"],
): Record<string, unknown> {
  const colours = mpacColours(profile, key);
  const width = profile.context_width;
  const candidates = selfHashWindows(profile, ids, logits).map(({ token, window }) => ({
    token,
    digit: colours.digitAt(window, width),
    colour: colours.colourOf(window, width, token),
  }));
  return { candidates };
}

/** Position of the next token. */
interface Place {
  /** Number of prompt tokens at the start. */
  prompt: number;
  /** Logits of the next token, which choose the candidates of self-hash; without them every token is a candidate. */
  logits: readonly (number | null)[] | undefined;
}

/** The random draws of a scheme for the token after `ids`. */
export function describeDraws(
  profile: Profile,
  key: WatermarkKey | undefined,
  ids: readonly number[],
  { prompt, logits }: Place,
): Record<string, unknown> {
  switch (profile.scheme) {
    case "unigram":
      return { greenList: Array.from(unigramGreenList(profile, key!)) };
    case "kgw": {
      if (ids.length < profile.context_width) return {};
      if (profile.seeding_scheme === "selfhash") return describeSelfHash(profile, key, ids, logits);
      const lists = greenLists(profile, key);
      return {
        seed: lists.name(ids, ids.length),
        greenList: Array.from(lists.list(ids, ids.length)),
      };
    }
    case "mpac": {
      if (ids.length < profile.context_width) return {};
      if (profile.seeding_scheme === "selfhash")
        return describeSelfHashColours(profile, key!, ids, logits);
      const colours = mpacColours(profile, key!);
      return {
        digit: colours.digitAt(ids, ids.length),
        colours: Array.from({ length: profile.vocab_size }, (_, v) =>
          colours.colourOf(ids, ids.length, v),
        ),
      };
    }
    case "synthid":
      return describeSynthId(profile, key, ids.slice(prompt));
    default:
      return {};
  }
}
