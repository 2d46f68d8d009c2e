import type { ProfileBase } from "../../core/profile";

/** Exponential-minimum sampling (Aaronson's Gumbel scheme). */
export interface ExpProfile extends ProfileBase {
  scheme: "exp";
  context_width: number;
  /** Divides the logits before the choice. Default 1. */
  temperature: number;
}
