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
  key_id?: string | undefined;
  /** The tokenizer that both sides use; informative. */
  tokenizer?: { id: string; hash?: string | undefined } | undefined;
  /** Thresholds measured by `calibrate`. */
  thresholds?: { fpr: number; length: number; z: number }[] | undefined;
  /** Reproduces a published code; the numeric keys are then part of the profile. Default: keyed PRF. */
  compat?: Compat | undefined;
}
