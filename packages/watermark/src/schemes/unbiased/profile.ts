import type { ProfileBase } from "../../core/profile";

/** Unbiased watermark, Hu et al. 2024 (2310.10669). */
export interface UnbiasedProfile extends ProfileBase {
  scheme: "unbiased";
  /** Tokens that seed the order. Default 5. */
  context_width: number;
  /** `gamma` doubles the second half of the probability in a keyed order, `delta` draws the token by the key. Default gamma. */
  reweight: "gamma" | "delta";
}
