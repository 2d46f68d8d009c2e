import type { withoutSupplementary } from "@deepgrain/fedlt";

/** The two federations that are compared. */
export const methods = ["fedavg", "redgrape"] as const;

export type Method = (typeof methods)[number];

export const methodNames: Record<Method, string> = { fedavg: "FedAvg", redgrape: "RedGrape" };

/** Classes by how many rows they have: three, four and three of the ten. */
export const groups = ["head", "middle", "tail"] as const;

export type Group = (typeof groups)[number];

/** The group of each class. */
export const groupOf = (digit: number): Group =>
  digit < 3 ? "head" : digit < 7 ? "middle" : "tail";

export type Scores = Record<Group | "accuracy", number>;

/** The visible part of a run. */
export interface Run {
  /** Rows of each class on each client. */
  countsPerClient: readonly (readonly number[])[];
  /** After each round. */
  rounds: Record<Method, Scores>[];
}

/** The weights of both federations after their last round. */
export type Models = Record<Method, Parameters<typeof withoutSupplementary>[0]>;
