/** A ratio of a paper's sizes, and ours, which follows from the settings. */
export interface Ratio<S> {
  /** Both quantities: "tokens per parameter". */
  name: string;
  paper: number;
  ours: number;
  /** Ours, computed from settings. */
  of(settings: S): number;
}
