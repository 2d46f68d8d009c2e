/** With equal weights, and with ReNode's. */
export const ways = ["equal", "renode"] as const;

export type Way = (typeof ways)[number];

/** Shares of unlabelled nodes that are classified right, a number per run. */
export type Accuracies = Record<Way, readonly number[]>;

/** Trainings of each way; both begin from the same weights. */
export const RUNS = 10;
