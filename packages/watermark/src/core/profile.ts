/** @file The shape of a profile: plain JSON, the same on the embedding and the detecting side. */

/** The published code whose draws are reproduced bit for bit instead of the keyed ones. */
export type Compat = "huggingface" | "reference";

/** The common fields of all profiles. A profile never holds a secret key, except in the compatibility modes. */
export interface ProfileBase {
  /** Version of the profile format: 1. */
  version: 1;
  /** Width of the logits, which can be larger than the tokenizer's vocabulary. */
  vocab_size: number;
  /** Name of the key, `key.id`; checked against the key ring when present. */
  key_id?: string;
  /** The tokenizer that both sides use; informative. */
  tokenizer?: { id: string; hash?: string };
  /** Thresholds measured by `calibrate`. */
  thresholds?: { fpr: number; length: number; z: number }[];
  /** Reproduces a published code; the numeric keys are then part of the profile. Default: keyed PRF. */
  compat?: Compat;
}

export type SeedingScheme = "lefthash" | "additive" | "minhash" | "skipgram" | "selfhash";

/** Green-list watermark of Kirchenbauer et al. 2023 (2301.10226, 2306.04634). */
export interface KgwProfile extends ProfileBase {
  scheme: "kgw";
  /** gamma, the share of green tokens, in (0, 1). Default 0.25. */
  greenlist_ratio: number;
  /** delta, added to green logits. Default 2. */
  bias: number;
  /** Red tokens become impossible instead of less likely. Default false. */
  hard: boolean;
  seeding_scheme: SeedingScheme;
  /** h, tokens hashed; with `selfhash` the candidate is the last of them. */
  context_width: number;
  /** Candidates tried by `selfhash`. Default 40. */
  selfhash_candidates: number;
  /** SWEET: tokens of which the proxy is surer (nats) are neither marked nor counted. Default 0. Above it needs a proxy. */
  min_entropy: number;
  /** EWD: green tokens count by the spike entropy of the proxy. Detection only. Default false. Needs a proxy. */
  entropy_weights: boolean;
  /** Tokens of the text that the proxy sees. Default 10. */
  lm_prefix_len: number;
  /** The compatibility modes' numeric key. */
  hashing_key?: number;
}

/** One green list for all positions, Zhao et al. 2023 (2306.17439). */
export interface UnigramProfile extends ProfileBase {
  scheme: "unigram";
  greenlist_ratio: number;
  bias: number;
}

/** Exponential-minimum sampling (Aaronson's Gumbel scheme). */
export interface ExpProfile extends ProfileBase {
  scheme: "exp";
  context_width: number;
  /** Divides the logits before the choice. Default 1. */
  temperature: number;
}

/** EXP by a sequence of keys that the detector aligns with the text, Kuditipudi et al. 2024 (2307.15593). */
export interface ExpEditProfile extends ProfileBase {
  scheme: "exp-edit";
  /** n, keys before they start over; more make texts differ more and detection slower. Default 64. */
  key_length: number;
  /** Loss per token or key that is left out of the alignment. Default 0. */
  gap: number;
  /** Random keys that the p-value compares with: it is exact from 1/(trials + 1) on. Default 99. */
  trials: number;
  /** Divides the logits before the choice. Default 1. */
  temperature: number;
}

/** Tournament sampling of SynthID-Text (Dathathri et al., Nature 2024). */
export interface SynthIdProfile extends ProfileBase {
  scheme: "synthid";
  /** Context tokens plus one. Default 5. */
  ngram_len: number;
  /** m, tournament layers. Default 30; the compatibility modes take the number of `keys`. */
  depth: number;
  context_history_size: number;
  skip_first_ngram_calls: boolean;
  /** Leaves per match; more than 2 distort the distribution. Default 2. */
  num_leaves: number;
  /** Candidates kept before the tournament; 0 keeps all. Default 1000. */
  top_k: number;
  temperature: number;
  /** Detector of `detect`. Default weighted-mean. */
  detector: "mean" | "weighted-mean";
  /** The compatibility modes' numeric keys, one per layer. */
  keys?: number[];
  sampling_table_size?: number;
  sampling_table_seed?: number;
}

/** Position allocation, Yoo et al. 2024 (MPAC, 2308.00221). */
export interface MpacProfile extends ProfileBase {
  scheme: "mpac";
  message_bits: number;
  /** r, the base of a digit: a power of two, at most the number of colours. Default 4. */
  radix: number;
  greenlist_ratio: number;
  bias: number;
  seeding_scheme: "lefthash" | "selfhash";
  context_width: number;
  selfhash_candidates: number;
  /**
   * Suppresses a position's leading colour by `bias` when it is wrong and, after at least `eta` tokens, leads the
   * right one by at least `tau`.
   */
  feedback?: { bias: number; eta: number; tau: number };
}

/** Reed-Solomon coded segments, Qu et al. 2024 (2401.16820). */
export interface RsSegmentProfile extends ProfileBase {
  scheme: "rs-segment";
  message_bits: number;
  /** Bits per symbol. */
  symbol_bits: number;
  /** Symbols that carry the message. */
  data_symbols: number;
  /** Total number of symbols; half of the difference can be corrected. */
  code_symbols: number;
  greenlist_ratio: number;
  bias: number;
  /** Segments by hash, or balanced by the token frequencies passed to `createWatermark`. */
  segment_map: "hash" | "balanced";
}

interface CtwlBase extends ProfileBase {
  message_bits: number;
  /** L, bits per chunk, at most 24. Default 20. */
  message_code_len: number;
  /** Tokens per bit: a chunk spans `message_code_len * encode_ratio` tokens. Default 10. */
  encode_ratio: number;
  /** Proxy context, and the number of first tokens left unmarked. Default 10. */
  lm_prefix_len: number;
  /** Tokens hashed. Default 1. */
  hash_prefix_len: number;
  /** Only the LM's best candidates are biased; 0 biases all. Default 1000. */
  top_k: number;
  /** delta. Default 1.5. */
  bias: number;
  message_model_strategy: "vanilla" | "max_confidence" | "max_confidence_updated";
  /** lambda of the max_confidence strategies. Default 0.5. */
  max_confidence_lbd: number;
  /** After the end of the message: leave the rest unmarked, repeat the last chunk, or start over. */
  after_last_chunk: "stop" | "repeat" | "wrap";
}

/** CTWL with a hash-split vocabulary, Wang et al. 2024 (2307.15992). */
export interface CtwlVanillaProfile extends CtwlBase {
  scheme: "ctwl-vanilla";
}

/** CTWL's Balance-Marking, Wang et al. 2024 (2307.15992). */
export interface CtwlBalanceProfile extends CtwlBase {
  scheme: "ctwl-balance";
  /** R, partitions per context. Default 100. */
  random_permutation_num: number;
  /** Positions whose proxy distribution has less entropy (nats) are not marked or scored. Default 0. */
  min_entropy: number;
  proxy?: { id: string; hash?: string };
}

export type CtwlProfile = CtwlVanillaProfile | CtwlBalanceProfile;
export type MultiBitProfile = MpacProfile | RsSegmentProfile | CtwlProfile;
export type Profile =
  | KgwProfile
  | UnigramProfile
  | ExpProfile
  | ExpEditProfile
  | SynthIdProfile
  | MultiBitProfile;
export type SchemeName = Profile["scheme"];
type Required1 = "scheme" | "vocab_size";
type PartialOf<P> = P extends Profile ? Pick<P, Required1> & Partial<Omit<P, Required1>> : never;

/** A profile as passed by a caller: the scheme, the vocabulary size, and all fields that differ from the defaults. */
export type ProfileInput = PartialOf<Profile>;
