import type { ProfileBase } from "../../core/profile";

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
