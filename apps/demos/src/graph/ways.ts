/** With equal weights, and with ReNode's. */
export const ways = ["equal", "renode"] as const;

export type Way = (typeof ways)[number];

/** Shares of unlabelled nodes that are classified right, a number per run. */
export type Accuracies = Record<Way, readonly number[]>;

/** Trainings of each way; both begin from the same weights. */
export const RUNS = 10;

export const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** Gains by ReNode's weights from each start, in shares of nodes. */
export const gainsOf = ({ equal, renode }: Accuracies): number[] =>
  renode.map((share, run) => share - equal[run]!);

export const meanGain = (accuracies: Accuracies): number => mean(gainsOf(accuracies));
