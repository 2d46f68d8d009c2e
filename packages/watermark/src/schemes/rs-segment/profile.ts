import type { ProfileBase } from "../../core/profile";

/** Reed-Solomon coded segments, Qu et al. 2024 (2401.16820). */
export interface RsSegmentProfile extends ProfileBase {
  scheme: "rs-segment";
  message_bits: number;
  /** Bits per symbol. */
  symbol_bits: number;
  /** Symbols that carry the message. */
  data_symbols: number;
  /** Total number of symbols; half of the difference can be corrected. */
  code_symbols: number;
  greenlist_ratio: number;
  bias: number;
  /** Segments by hash, or balanced by the token frequencies passed to `createWatermark`. */
  segment_map: "hash" | "balanced";
}
