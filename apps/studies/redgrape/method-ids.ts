/** The names of all methods that a federation can use. */
export const methodIds = [
  "fedavg",
  "fedprox",
  "fedavgm",
  "fed-focal",
  "logit-adjustment",
  "climb",
  "creff",
  "redgrape",
  "ratio-loss",
  "feddyn",
  "moon",
  "ditto",
  "fednova",
  "scaffold",
  "fedadam",
  "fedyogi",
] as const;

export type MethodId = (typeof methodIds)[number];
