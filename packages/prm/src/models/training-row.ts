/** Steps with their labels: 0 to 1, null where there is none. */
export interface TrainingRow {
  readonly problem: string;
  readonly steps: readonly string[];
  readonly labels: readonly (number | boolean | null)[];
}
