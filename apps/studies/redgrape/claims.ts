import {
  type Claim,
  measure,
  type Primary,
  type Quantity,
  type UnaskedClaim,
} from "@deepgrain/lab";
import type { FederationSettings } from "./recipe";
import type { Score } from "./score-method";
import { otherSetups } from "./variants";

type OwnClaim = Claim<Score, FederationSettings>;

/** Test accuracy in percent, mean over the last rounds. */
export const accuracy = measure("accuracy", (score: Score) => 100 * score.accuracy, [0, 100]);

/** The same of the sum of both heads. */
export const accuracyOfSum = measure("accuracy", ({ accuracyOfSum: share }: Score) =>
  share === null ? undefined : 100 * share,
);

/** A quantity with words of its own for what is measured. */
const named = (subject: string, quantity: Quantity<Score>): Quantity<Score> => ({
  ...quantity,
  subject,
});

const sum = named("W + V of RedGrape", accuracyOfSum("redgrape"));

/** Two methods count as equal within 2 points: the bench's seeds do not tell closer ones apart. */
export const EQUAL_ACCURACY = 2;

/** Half of the paper's lead over its best rivals, in points: a smaller one does not matter. */
const LEAD = 1;

const first = "RedGrape first in all tables";
const both = "both parts are needed";

type Size = Pick<FederationSettings, "size" | "set">;

/** Those of the default size were named before its recordings; the full size's recording is older. */
const primary = (sentence: string, words: string, { size }: Size): Primary =>
  size === "default"
    ? { sentence, words, seeds: 8, named: "before the run" }
    : { sentence, words, seeds: 5, named: "after the run" };

const setNames: Readonly<Record<Size["set"], string>> = {
  mnist: "digits",
  "fashion-mnist": "Fashion-MNIST",
  "cifar-10": "CIFAR-10",
};

const leads = (rival: string, paper: string, { set }: Size): Omit<OwnClaim, "experiment"> => ({
  scope: setNames[set],
  lower: accuracy(rival),
  higher: accuracy("redgrape"),
  margin: LEAD,
  better: "higher",
  paper,
});

const primariesOf = (settings: Size): readonly OwnClaim[] => [
  {
    experiment: "P1",
    ...leads("fedavg", first, settings),
    primary: primary(
      "It beats federated averaging on long-tailed data",
      "FL on the decentralized and long-tailed data yields a poorly-behaved global model",
      settings,
    ),
  },
  {
    experiment: "P4",
    ...leads("creff", first, settings),
    primary: primary(
      "It beats the best method before it, CReFF",
      "our method consistently outperforms the existing state-of-the-art methods in various settings",
      settings,
    ),
  },
  {
    experiment: "P2",
    ...leads("redgrape-no-v", both, settings),
    primary: primary(
      "The second head is needed",
      "an extra classifier in the training phase to help model the global data distribution",
      settings,
    ),
  },
  {
    experiment: "P2",
    ...leads("redgrape-real-only", both, settings),
    primary: primary(
      "Gradients of classes that a client lacks are needed",
      "we integrate the local real data with the global gradient prototypes",
      settings,
    ),
  },
];

type Row = [
  experiment: string,
  lower: Quantity<Score>,
  higher: Quantity<Score>,
  paper: string,
  margin?: number,
];

const rows: Row[] = [
  ["P1", accuracy("fed-focal"), accuracy("redgrape"), first],
  ["P1", accuracy("fedprox"), accuracy("redgrape"), first],
  ["P2", accuracy("redgrape-no-v"), accuracy("fedavg"), both, EQUAL_ACCURACY],
  ["P2", accuracy("redgrape-real-only"), accuracy("fedavg"), both, EQUAL_ACCURACY],
  ["P3", sum, named("W of RedGrape", accuracy("redgrape")), "W + V takes in the bias"],
  ["P3", sum, accuracy("fedavg"), "no number", EQUAL_ACCURACY],
  ["P4", accuracy("logit-adjustment"), accuracy("redgrape"), "not compared"],
  [
    "P5",
    accuracy("redgrape-prototypes"),
    accuracy("redgrape"),
    "T = ∞ drops sharply on CIFAR-10-LT",
  ],
];

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
  relation: margin === undefined ? "<" : "=",
  higher,
  margin,
  paper,
}));

/**
 * The claims: none in the quick size, whose 20 rounds of one seed order nothing.
 * @see Yang et al. 2024 (RedGrape), abstract, tables 1 to 3, figures 3 to 5
 */
export const claimsOf = ({ size, set }: Size): readonly OwnClaim[] =>
  size === "quick"
    ? []
    : [...primariesOf({ size, set }), ...bench, ...(size === "full" ? others : [])];

export const unasked: readonly UnaskedClaim[] = [
  {
    sentence: "It is first on CIFAR-10-LT and CIFAR-100-LT, with full and partial participation",
    paper: "first in all tables",
    why: "CIFAR is not among the data that can be installed; reports of the paper's numbers disagree",
  },
];
