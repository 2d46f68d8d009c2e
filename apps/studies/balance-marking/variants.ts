import type { Variant } from "@deepgrain/lab";
import type { ProfileInput } from "@deepgrain/watermark";
import type { experiments } from "./introduction";

/** A scheme of the comparison. */
export interface ComparedScheme extends Variant {
  name: string;
  profile: ProfileInput;
  /** Tokens of its texts. Default: the study's. */
  tokens?: number;
  /** Balance-Marking's proxy. */
  proxy?: "model" | "ngram";
  /** Shares of tokens that are replaced, where nothing is pasted and no other share is tried. */
  substitutions?: readonly number[];
  /** The bonus of a side of the criteria, and whether it marks half the tokens. */
  delta?: number;
  isHalf?: boolean;
  experiments: readonly (keyof typeof experiments)[];
}

/** Generated tokens that codable marking leaves unmarked. */
export const UNMARKED = 10;

/** Bonuses δ of both sides. */
export const deltas = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3] as const;

/** The published bonus δ of the marked half of the vocabulary. */
export const PUBLISHED_BIAS = 1.5;

/** Shares of replaced tokens that claims are about: reading edited texts asks the proxy most. */
const CLAIMED = [0, 0.1];

/** Settings that two schemes of codable marking share. */
export interface Coded {
  vocabSize: number;
  bits: number;
  tokens: number;
  bias?: number;
}

/** Vanilla marking, which draws the marked half of the vocabulary by a hash, or Balance-Marking. */
export const codable = (
  scheme: "ctwl-vanilla" | "ctwl-balance",
  { vocabSize, bits, tokens, bias = PUBLISHED_BIAS }: Coded,
) =>
  ({
    scheme,
    vocab_size: vocabSize,
    message_bits: bits,
    message_code_len: bits,
    encode_ratio: (tokens - UNMARKED) / bits,
    lm_prefix_len: UNMARKED,
    bias,
  }) satisfies ProfileInput;

/** Both sides of the criteria, and Balance-Marking with a proxy that knows pairs of tokens only. */
export const sides = {
  vanilla: { id: "ctwl-vanilla", name: "CTWL vanilla", scheme: "ctwl-vanilla", weight: 0.3 },
  balance: {
    id: "balance-same-model",
    name: "Balance-Marking, same model",
    scheme: "ctwl-balance",
    proxy: "model",
    weight: 1,
  },
  ngram: {
    id: "balance-ngram",
    name: "Balance-Marking, n-gram",
    scheme: "ctwl-balance",
    proxy: "ngram",
    weight: 0.5,
  },
} as const;
export type Side = keyof typeof sides;

/** Id of a side with a bonus: `ctwl-vanilla/1.5`, `ctwl-vanilla-half/1.5` with half the tokens. */
export const frontierId = (side: Side, delta: number, isHalf = false): string =>
  `${sides[side].id}${isHalf ? "-half" : ""}/${delta}`;

/** Experiments that need a side: its claims name the others. */
function experimentsOf(side: Side, isHalf: boolean): ComparedScheme["experiments"] {
  if (side === "ngram") return ["proxy"];
  return side === "vanilla" && !isHalf ? ["criteria", "gate"] : ["criteria"];
}

/** A side with each bonus. */
function frontier(side: Side, size: Coded, isHalf: boolean): ComparedScheme[] {
  const { name, scheme, weight, ...own } = { proxy: undefined, ...sides[side] };
  const words = isHalf ? ", half the tokens" : "";
  return deltas.map((delta) => ({
    id: frontierId(side, delta, isHalf),
    name: `${name}${words}, δ ${delta}`,
    profile: codable(scheme, { ...size, bias: delta }),
    tokens: size.tokens,
    experiments: experimentsOf(side, isHalf),
    weight: isHalf ? weight / 2 : weight,
    delta,
    isHalf,
    ...((delta !== PUBLISHED_BIAS || isHalf) && { substitutions: CLAIMED }),
    ...(own.proxy && { proxy: own.proxy }),
  }));
}

/** Other schemes at their published settings. */
function otherSchemes(size: Coded): ComparedScheme[] {
  const vocabulary = { vocab_size: size.vocabSize } as const;
  const payload = { ...vocabulary, message_bits: size.bits };
  const kgw = { scheme: "kgw", ...vocabulary } as const;
  const list: Omit<ComparedScheme, "experiments">[] = [
    { id: "kgw-left", name: "KGW left-hash", profile: kgw },
    { id: "kgw-min", name: "KGW min-hash", profile: { ...kgw, seeding_scheme: "minhash" } },
    { id: "kgw-self", name: "KGW self-hash", profile: { ...kgw, seeding_scheme: "selfhash" } },
    { id: "kgw-hard", name: "KGW hard", profile: { ...kgw, hard: true, greenlist_ratio: 0.5 } },
    { id: "unigram", name: "Unigram", profile: { scheme: "unigram", ...vocabulary } },
    { id: "exp", name: "EXP", profile: { scheme: "exp", ...vocabulary } },
    { id: "synthid", name: "SynthID-Text", profile: { scheme: "synthid", ...vocabulary } },
    { id: "mpac", name: "MPAC", profile: { scheme: "mpac", ...payload } },
    {
      id: "rs-segment",
      name: "Reed-Solomon segments",
      profile: { scheme: "rs-segment", ...payload },
    },
  ];
  return list.map((scheme) => ({ ...scheme, experiments: ["schemes"] }));
}

/**
 * The compared schemes: vanilla and Balance-Marking with every bonus, with all and with half the tokens; Balance-Marking with an
 * n-gram model as its proxy; then the other schemes. Those with a payload carry the same bits.
 * @param options.bits payload, at most 24
 * @param options.tokens tokens of a text
 */
export function comparedSchemes(
  vocabSize: number,
  { bits, tokens }: { bits: number; tokens: number },
): ComparedScheme[] {
  const size = { vocabSize, bits, tokens };
  const half = { ...size, tokens: UNMARKED + Math.ceil((tokens - UNMARKED) / 2) };
  return [
    ...frontier("vanilla", size, false),
    ...frontier("balance", size, false),
    ...frontier("vanilla", half, true),
    ...frontier("balance", half, true),
    ...frontier("ngram", size, false),
    ...otherSchemes(size),
  ];
}
