import type { Variant } from "@deepgrain/lab";
import type { ProfileInput } from "@deepgrain/watermark";
import type { experiments } from "./introduction";
import { tuned } from "./tuned";

/** A scheme of the comparison. */
export interface ComparedScheme extends Variant {
  name: string;
  profile: ProfileInput;
  /** Tokens of its texts. Default: the study's. */
  tokens?: number;
  /** Balance-Marking's proxy. */
  proxy?: "model" | "ngram";
  experiments: readonly (keyof typeof experiments)[];
}

/** Generated tokens that codable marking leaves unmarked. */
export const UNMARKED = 10;

/** The published bonus δ of the marked half of the vocabulary. */
const PUBLISHED_BIAS = 1.5;

/** The largest bonus tried with which vanilla marking misses payloads at all, one in twenty or more. */
const WEAK_BIAS = 1;

/** Settings that two schemes of codable marking share. */
interface Coded {
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

/** Both sides of a criterion: vanilla marking and Balance-Marking with the writing model as its proxy. */
function pair(
  suffix: string,
  words: string,
  { biases, ...coded }: Coded & { biases: typeof tuned },
) {
  const common = { tokens: coded.tokens, experiments: ["criteria"] } as const;
  return [
    {
      ...common,
      id: `ctwl-vanilla${suffix}`,
      name: `CTWL vanilla${words}`,
      profile: codable("ctwl-vanilla", { ...coded, bias: biases.vanilla }),
      weight: 0.1,
    },
    {
      ...common,
      id: `balance-same-model${suffix}`,
      name: `Balance-Marking, same model${words}`,
      profile: codable("ctwl-balance", { ...coded, bias: biases.balance }),
      proxy: "model",
    },
  ] satisfies ComparedScheme[];
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
    {
      id: "balance-ngram",
      name: "Balance-Marking, n-gram",
      profile: codable("ctwl-balance", size),
      proxy: "ngram",
    },
  ];
  return list.map((scheme) => ({ ...scheme, experiments: ["schemes"] }));
}

/**
 * The compared schemes: vanilla and Balance-Marking, each at the smallest bonus that finds nine payloads of ten; both at
 * a bonus that does not find all; both with half the tokens; then the other schemes. Those with a payload carry the same
 * bits.
 * @param options.bits payload, at most 24
 * @param options.tokens tokens of a text
 */
export function comparedSchemes(
  vocabSize: number,
  { bits, tokens }: { bits: number; tokens: number },
): ComparedScheme[] {
  const size = { vocabSize, bits, tokens };
  const half = { ...size, tokens: UNMARKED + Math.ceil((tokens - UNMARKED) / 2) };
  const weak = { vanilla: WEAK_BIAS, balance: WEAK_BIAS };
  return [
    ...pair("", "", { ...size, biases: tuned }),
    ...pair("-weak", `, δ ${WEAK_BIAS}`, { ...size, biases: weak }),
    ...pair("-half", ", half the tokens", { ...half, biases: tuned }),
    ...otherSchemes(size),
  ];
}
