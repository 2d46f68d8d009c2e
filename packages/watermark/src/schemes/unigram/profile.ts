import type { ProfileBase } from "../../core/profile";

/** One green list for all positions, Zhao et al. 2023 (2306.17439). */
export interface UnigramProfile extends ProfileBase {
  scheme: "unigram";
  greenlist_ratio: number;
  bias: number;
}
