import type { ProfileBase } from "../../core/profile";

/** Distribution-preserving reweighting, Wu et al. 2024 (2310.07710). */
export interface DipProfile extends ProfileBase {
  scheme: "dip";
  /** Tokens that seed the order. Default 5. */
  context_width: number;
  /** α, the probability taken from the beginning of the order: 0 marks nothing, ½ is Unbiased's γ-reweight. Default 0.45. */
  alpha: number;
}
