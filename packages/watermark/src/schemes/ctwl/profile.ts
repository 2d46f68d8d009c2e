import type { ProfileBase } from "../../core/profile";

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
  proxy?: { id: string; hash?: string | undefined } | undefined;
}

export type CtwlProfile = CtwlVanillaProfile | CtwlBalanceProfile;
