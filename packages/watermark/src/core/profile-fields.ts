/** @file Defaults and allowed ranges of every profile field, as data. */
import type { SchemeName } from "./profile";

interface NumberRule {
  kind: "number" | "integer";
  min: number;
  max: number;
  default: number;
  /** The bounds themselves are excluded. */
  isOpen?: boolean;
}
interface ChoiceRule {
  kind: "choice";
  values: readonly string[];
  default: string;
}
interface FlagRule {
  kind: "flag";
  default: boolean;
}
export type FieldRule = NumberRule | ChoiceRule | FlagRule;

const integer = (fallback: number, min: number, max: number): NumberRule => ({
  kind: "integer",
  min,
  max,
  default: fallback,
});
const real = (fallback: number, min: number, max: number, isOpen = false): NumberRule => ({
  kind: "number",
  min,
  max,
  default: fallback,
  isOpen,
});
const choice = (...values: [string, ...string[]]): ChoiceRule => ({
  kind: "choice",
  values,
  default: values[0],
});
const flag: FlagRule = { kind: "flag", default: false };

const ratio = (fallback: number) => real(fallback, 0, 1, true);
const bias = (fallback: number) => real(fallback, 0, 1e4);
const temperature = real(1, 0, 100, true);

const ctwl = {
  message_bits: integer(20, 1, 4096),
  message_code_len: integer(20, 1, 24),
  encode_ratio: real(10, 0, 1e6, true),
  lm_prefix_len: integer(10, 0, 4096),
  hash_prefix_len: integer(1, 1, 64),
  top_k: integer(1000, 0, 2 ** 31),
  bias: bias(1.5),
  message_model_strategy: choice("vanilla", "max_confidence", "max_confidence_updated"),
  max_confidence_lbd: real(0.5, 0, 1),
  after_last_chunk: choice("stop", "repeat", "wrap"),
};

/** Fields of each scheme with their default and range. */
export const profileFields: Record<SchemeName, Record<string, FieldRule>> = {
  kgw: {
    greenlist_ratio: ratio(0.25),
    bias: bias(2),
    hard: flag,
    seeding_scheme: choice("lefthash", "additive", "minhash", "skipgram", "selfhash"),
    context_width: integer(1, 1, 64),
    selfhash_candidates: integer(40, 1, 4096),
    min_entropy: real(0, 0, 32),
    entropy_weights: flag,
    lm_prefix_len: integer(10, 0, 4096),
  },
  unigram: { greenlist_ratio: ratio(0.5), bias: bias(2) },
  exp: { context_width: integer(4, 1, 64), temperature },
  "exp-edit": {
    key_length: integer(64, 2, 4096),
    gap: real(0, 0, 100),
    trials: integer(99, 19, 9999),
    temperature,
  },
  synthid: {
    ngram_len: integer(5, 2, 64),
    depth: integer(30, 1, 256),
    context_history_size: integer(1024, 0, 2 ** 24),
    skip_first_ngram_calls: flag,
    num_leaves: integer(2, 2, 16),
    top_k: integer(1000, 0, 2 ** 31),
    temperature,
    detector: choice("weighted-mean", "mean"),
  },
  mpac: {
    message_bits: integer(32, 1, 4096),
    radix: integer(4, 2, 256),
    greenlist_ratio: ratio(0.25),
    bias: bias(2),
    seeding_scheme: choice("lefthash", "selfhash"),
    context_width: integer(1, 1, 64),
    selfhash_candidates: integer(40, 1, 4096),
  },
  "rs-segment": {
    message_bits: integer(20, 1, 4096),
    symbol_bits: integer(5, 2, 12),
    data_symbols: integer(4, 1, 4094),
    code_symbols: integer(6, 1, 4095),
    greenlist_ratio: ratio(0.5),
    bias: bias(6),
    segment_map: choice("hash", "balanced"),
  },
  "ctwl-vanilla": ctwl,
  "ctwl-balance": {
    ...ctwl,
    random_permutation_num: integer(100, 1, 65536),
    min_entropy: real(0, 0, 32),
  },
};

/** The paper's context width for a seeding scheme, used when the profile gives none. */
export const defaultContextWidth: Record<string, number> = {
  lefthash: 1,
  additive: 1,
  minhash: 4,
  skipgram: 5,
  selfhash: 4,
};
