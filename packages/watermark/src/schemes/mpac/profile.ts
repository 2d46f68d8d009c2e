import type { ProfileBase } from "../../core/profile";

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
  feedback?: { bias: number; eta: number; tau: number } | undefined;
}
