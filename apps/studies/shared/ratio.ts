/** A ratio of a paper's sizes, and ours, which follows from the settings. */
export interface Ratio<S> {
  /** What over what: "tokens per parameter". */
  name: string;
  paper: number;
  ours: number;
  /** Ours, computed from settings. */
  of(settings: S): number;
}
