import { type Claim, measure, type Quantity } from "@deepgrain/lab";
import type { FederationSettings } from "./recipe";
import type { Score } from "./score-method";
import { otherSetups } from "./variants";

type OwnClaim = Claim<Score, FederationSettings>;

/** Test accuracy in percent, mean over the last rounds. */
export const accuracy = measure("accuracy", (score: Score) => 100 * score.accuracy);

/** The same of the sum of both heads. */
export const accuracyOfSum = measure("accuracy", ({ accuracyOfSum: share }: Score) =>
  share === null ? null : 100 * share,
);

/** A quantity with words of its own for what is measured. */
const named = (subject: string, quantity: Quantity<Score>): Quantity<Score> => ({
  ...quantity,
  subject,
});

const sum = named("W + V of RedGrape", accuracyOfSum("redgrape"));

/** Two methods count as equal within 2 points: the bench's seeds do not tell closer ones apart. */
export const EQUAL_ACCURACY = 2;

type Row = [
  experiment: string,
  lower: Quantity<Score>,
  higher: Quantity<Score>,
  paper: string,
  margin?: number,
];

const first = "RedGrape first in all tables";
const both = "both parts are needed";
const rows: Row[] = [
  ["P1", accuracy("fedavg"), accuracy("redgrape"), first],
  ["P1", accuracy("fed-focal"), accuracy("redgrape"), first],
  ["P1", accuracy("fedprox"), accuracy("redgrape"), first],
  ["P2", accuracy("redgrape-no-v"), accuracy("fedavg"), both, EQUAL_ACCURACY],
  ["P2", accuracy("redgrape-real-only"), accuracy("fedavg"), both, EQUAL_ACCURACY],
  ["P3", sum, named("W of RedGrape", accuracy("redgrape")), "W + V takes in the bias"],
  ["P3", sum, accuracy("fedavg"), "no number", EQUAL_ACCURACY],
  ["P4", accuracy("logit-adjustment"), accuracy("redgrape"), "not compared"],
  ["P4", accuracy("creff"), accuracy("redgrape"), first],
  [
    "P5",
    accuracy("redgrape-prototypes"),
    accuracy("redgrape"),
    "T = ∞ drops sharply on CIFAR-10-LT",
  ],
];

const reasons: Readonly<Record<string, string>> = {
  P5: "in this partition most classes are missing on most clients, so prototypes stand for nearly all of the balanced gradient",
};

const others: readonly OwnClaim[] = Object.entries(otherSetups).flatMap(
  ([id, { name, experiment, methods }]) =>
    methods
      .filter((method) => method !== "redgrape")
      .map((method) => ({
        experiment,
        scope: name,
        lower: accuracy(`${id}/${method}`),
        higher: accuracy(`${id}/redgrape`),
        paper: method === "logit-adjustment" ? "not compared" : first,
      })),
);

const bench: readonly OwnClaim[] = rows.map(([experiment, lower, higher, paper, margin]) => ({
  experiment,
  lower,
  higher,
  paper,
  ...(margin !== undefined && { margin }),
  ...(reasons[experiment] !== undefined && { ifReversed: reasons[experiment] }),
}));

/**
 * What is judged: nothing in the quick size, whose 20 rounds of one seed order nothing.
 * @see Yang et al. 2024 (RedGrape), tables 1 to 3, figures 3 to 5
 */
export const claimsOf = ({ size }: Pick<FederationSettings, "size">): readonly OwnClaim[] =>
  size === "quick" ? [] : [...bench, ...(size === "full" ? others : [])];
