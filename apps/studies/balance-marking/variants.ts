import type { Variant } from "@deepgrain/lab";
import type { ProfileInput } from "@deepgrain/watermark";

/** A scheme of the comparison. */
export interface ComparedScheme extends Variant {
  name: string;
  profile: ProfileInput;
  /** Balance-Marking's proxy. */
  proxy?: "model" | "ngram";
}

/**
 * Every scheme at its published settings; those with a payload carry the same bits.
 * @param options.bits payload, at most 24
 * @param options.tokens tokens of a text
 */
export function comparedSchemes(
  vocabSize: number,
  { bits, tokens }: { bits: number; tokens: number },
): ComparedScheme[] {
  const size = { vocab_size: vocabSize } as const;
  const kgw = { scheme: "kgw", ...size } as const;
  const prefix = 10; // generated tokens that CTWL leaves unmarked
  const ctwl = {
    ...size,
    message_bits: bits,
    message_code_len: bits,
    encode_ratio: (tokens - prefix) / bits,
    lm_prefix_len: prefix,
    bias: 2,
  };
  return [
    { id: "kgw-left", name: "KGW left-hash", profile: kgw },
    { id: "kgw-min", name: "KGW min-hash", profile: { ...kgw, seeding_scheme: "minhash" } },
    { id: "kgw-self", name: "KGW self-hash", profile: { ...kgw, seeding_scheme: "selfhash" } },
    { id: "kgw-hard", name: "KGW hard", profile: { ...kgw, hard: true, greenlist_ratio: 0.5 } },
    { id: "unigram", name: "Unigram", profile: { scheme: "unigram", ...size } },
    { id: "exp", name: "EXP", profile: { scheme: "exp", ...size } },
    { id: "synthid", name: "SynthID-Text", profile: { scheme: "synthid", ...size } },
    { id: "mpac", name: "MPAC", profile: { scheme: "mpac", ...size, message_bits: bits } },
    {
      id: "rs-segment",
      name: "Reed-Solomon segments",
      profile: { scheme: "rs-segment", ...size, message_bits: bits },
    },
    { id: "ctwl-vanilla", name: "CTWL vanilla", profile: { scheme: "ctwl-vanilla", ...ctwl } },
    {
      id: "balance-same-model",
      name: "Balance-Marking, same model",
      profile: { scheme: "ctwl-balance", ...ctwl },
      proxy: "model",
    },
    {
      id: "balance-ngram",
      name: "Balance-Marking, n-gram",
      profile: { scheme: "ctwl-balance", ...ctwl },
      proxy: "ngram",
    },
  ];
}
