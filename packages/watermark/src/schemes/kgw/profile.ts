import type { ProfileBase } from "../../core/profile";

/** How the tokens before one become its seed. */
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
  hashing_key?: number | undefined;
}
