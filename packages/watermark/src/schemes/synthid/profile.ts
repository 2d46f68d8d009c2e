import type { ProfileBase } from "../../core/profile";

/** Tournament sampling of SynthID-Text (Dathathri et al., Nature 2024). */
export interface SynthIdProfile extends ProfileBase {
  scheme: "synthid";
  /** Context tokens plus one. Default 5. */
  ngram_len: number;
  /** m, tournament layers. Default 30; the compatibility modes take the number of `keys`. */
  depth: number;
  context_history_size: number;
  skip_first_ngram_calls: boolean;
  /** Leaves per match; more than 2 distort the distribution. Default 2. */
  num_leaves: number;
  /** Candidates kept before the tournament; 0 keeps all. Default 1000. */
  top_k: number;
  temperature: number;
  /** Detector of `detect`. Default weighted-mean. */
  detector: "mean" | "weighted-mean";
  /** The compatibility modes' numeric keys, one per layer. */
  keys?: number[] | undefined;
  sampling_table_size?: number | undefined;
  sampling_table_seed?: number | undefined;
}
