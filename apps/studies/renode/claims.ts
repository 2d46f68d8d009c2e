import {
  type Claim,
  measure,
  type Primary,
  type Quantity,
  type UnaskedClaim,
} from "@deepgrain/lab";
import type { LossName } from "@deepgrain/renode/gnn";
import { conflictCorrelation, noCorrelation } from "./conflict";
import type { ComparisonSettings, GraphName } from "./recipe";
import type { TrainingResult } from "./training-result";
import {
  graphTitles,
  idOf,
  type Method,
  methodTitle,
  type Network,
  networkTitles,
  type SplitName,
  USUAL_MIN_WEIGHT,
} from "./variants";

type OwnQuantity = Quantity<TrainingResult, ComparisonSettings>;
type OwnClaim = Claim<TrainingResult, ComparisonSettings>;

/** Mean over the initialisations of one split, in percent. */
const meanOf =
  (name: "weightedF1" | "macroF1") =>
  ({ trainings }: TrainingResult): number =>
    (100 * trainings.reduce((sum, training) => sum + training[name], 0)) / trainings.length;

/** Weighted F1 of a variant, in percent. */
export const weightedF1 = measure("W-F", meanOf("weightedF1"), [0, 100]);

/** Macro F1 of a variant, in percent. */
export const macroF1 = measure("M-F", meanOf("macroF1"), [0, 100]);

/** A network trained with a loss, without and with ReNode's usual weights. */
export const method = (network: Network, loss: LossName, hasRenode: boolean): Method => ({
  network,
  loss,
  minWeight: hasRenode ? USUAL_MIN_WEIGHT : null,
});

/** A measure of a method on splits of a graph, under the method's name: the graph is the claim's scope. */
const of = (
  measured: (id: string) => OwnQuantity,
  graph: GraphName,
  split: SplitName,
  own: Method,
): OwnQuantity => ({ ...measured(idOf(graph, split, own)), subject: methodTitle(own) });

const usual = (graph: GraphName, split: SplitName, hasRenode: boolean) =>
  of(weightedF1, graph, split, method("gcn", "ce", hasRenode));

/** The gain of ReNode over the GCN's weighted F1 at a level of topology imbalance, in points. */
export function gain(graph: GraphName, level: SplitName): OwnQuantity {
  const [without, withRenode] = [usual(graph, level, false), usual(graph, level, true)];
  return {
    measure: "gain",
    subject: `${level} conflict`,
    variants: [...without.variants, ...withRenode.variants],
    read(results, settings) {
      const [before, after] = [without.read(results, settings), withRenode.read(results, settings)];
      const isMeasured = typeof before === "number" && typeof after === "number";
      return isMeasured ? after - before : undefined;
    },
  };
}

/** The paper's numbers for CE and for ReNode on Cora. PPNP there is APPNP here. */
export const printed: Partial<Record<Network, string>> = {
  gcn: "79.1 < 79.8",
  gat: "76.0 < 77.7",
  appnp: "80.5 < 81.9 (PPNP)",
  sgc: "74.9 < 77.0",
};

/** The paper's gain for the GCN on Cora: a difference within it counts as none. */
export const NO_GAIN = 0.7;

const lowTotals =
  "totals say little here: labels in tiny components conflict with nothing, and cover differs too";

/** Primary claims stand on as many seeds. */
const SEEDS = 10;

const primary = (sentence: string, words: string): Primary => ({
  sentence,
  words,
  seeds: SEEDS,
  named: "before the run",
});

const ce = (network: Network, hasRenode: boolean) =>
  of(weightedF1, "cora", "balanced", method(network, "ce", hasRenode));

const generalises = Object.keys(printed).filter((network) => network !== "gcn") as Network[];

/** The mean of the networks beside the GCN that the paper prints. */
function meanOfOthers(hasRenode: boolean): OwnQuantity {
  const all = generalises.map((network) => ce(network, hasRenode));
  return {
    measure: "W-F",
    subject: `mean of ${generalises.map((network) => networkTitles[network]).join(", ")}, CE${hasRenode ? " + ReNode" : ""}`,
    variants: all.flatMap(({ variants }) => variants),
    read(...at) {
      const values = all.map((one) => one.read(...at));
      const isMeasured = values.every((value) => typeof value === "number");
      return isMeasured ? values.reduce((sum, x) => sum + x, 0) / values.length : undefined;
    },
  };
}

/** Whether conflict measures what labels in bad places cost, with a quarter of the paper's effect as margin. */
const conflictClaim = (settings: ComparisonSettings): OwnClaim => ({
  experiment: "conflict",
  scope: `Cora, ${SEEDS * settings.moreSplits} splits`,
  lower: conflictCorrelation(settings),
  higher: noCorrelation,
  margin: 0.15,
  paper: "correlation −0.62 (GCN)",
  primary: {
    ...primary(
      "Totoro measures topology imbalance: the higher the total, the worse the model",
      "metric Totoro to measure the degree of graph topology imbalance",
    ),
    isAnalysis: true,
  },
});

/** The abstract's claims of ReNode on Cora, with half of the paper's effects as margins. */
const primaries: readonly OwnClaim[] = [
  {
    experiment: "balanced",
    scope: "Cora",
    lower: ce("gcn", false),
    higher: ce("gcn", true),
    margin: 0.35,
    paper: printed.gcn!,
    better: "higher",
    primary: primary(
      "ReNode improves node classification",
      "relieving topology-imbalance issue and promoting semi-supervised node classification",
    ),
  },
  {
    experiment: "balanced",
    scope: "Cora",
    lower: meanOfOthers(false),
    higher: meanOfOthers(true),
    margin: 0.85,
    paper: generalises.map((network) => printed[network]).join(", "),
    better: "higher",
    primary: primary(
      "It does so with other networks, too",
      "demonstrate the effectiveness and generalizability of our method",
    ),
  },
  {
    experiment: "levels",
    scope: "Cora",
    lower: gain("cora", "low"),
    higher: gain("cora", "high"),
    margin: 0.75,
    paper: "0.7 < 2.2",
    better: "higher",
    primary: primary(
      "It relieves topology imbalance: where that is high, it gains more",
      "effectiveness and generalizability of our method in relieving topology-imbalance issue",
    ),
    ifReversed: lowTotals,
  },
];

function balancedClaims(graph: GraphName): OwnClaim[] {
  if (graph === "citeseer")
    return [
      {
        experiment: "balanced",
        lower: usual(graph, "balanced", false),
        relation: "=",
        higher: usual(graph, "balanced", true),
        margin: NO_GAIN,
        paper: "smaller where connectivity is low",
      },
    ];
  return generalises.map((network) => ({
    experiment: "balanced",
    lower: ce(network, false),
    higher: ce(network, true),
    paper: printed[network]!,
  }));
}

/** Comparisons of levels that the primary claims leave out; the paper reports nothing of CiteSeer's levels. */
const levelClaims = (graph: GraphName): OwnClaim[] =>
  (graph === "cora" ? (["middle"] as const) : (["middle", "high"] as const)).map((level) => ({
    experiment: "levels",
    lower: gain(graph, "low"),
    higher: gain(graph, level),
    paper: graph === "cora" ? "shown only in a figure" : "–",
  }));

/** Orderings of the GCN on step splits: [lower, higher, what the paper says]. */
const stepOrder: readonly (readonly [lower: Method, higher: Method, paper: string])[] = [
  [method("gcn", "ce", false), method("gcn", "re-weight", false), "re-weighting helps most"],
  [method("gcn", "ce", false), method("gcn", "ce", true), "ReNode adds to each loss"],
  [method("gcn", "re-weight", false), method("gcn", "re-weight", true), "ReNode adds to each loss"],
];

const stepClaims = (graph: GraphName): OwnClaim[] => [
  ...stepOrder.map(([lower, higher, paper]) => ({
    experiment: "both",
    lower: of(weightedF1, graph, "step", lower),
    higher: of(weightedF1, graph, "step", higher),
    paper,
  })),
  {
    experiment: "rivals",
    lower: of(macroF1, graph, "step", method("graphsmote", "ce", false)),
    higher: of(macroF1, graph, "step", method("gcn", "re-weight", true)),
    paper: "ReNode with re-weighting above GraphSMOTE",
  },
];

/**
 * The primary claims, then every other ordering, graph by graph. A seed is a split: its value is the mean over the initialisations.
 * @see Chen et al. 2021 (arXiv 2110.04099), abstract, sections 4.2 and 4.3
 */
export const claimsOf = (settings: ComparisonSettings): readonly OwnClaim[] => [
  ...(settings.graphs.includes("cora") ? [conflictClaim(settings), ...primaries] : []),
  ...settings.graphs.flatMap((graph) =>
    [...balancedClaims(graph), ...levelClaims(graph), ...stepClaims(graph)].map((claim) => ({
      ...claim,
      scope: graphTitles[graph],
    })),
  ),
];

export const unasked: readonly UnaskedClaim[] = [
  {
    sentence: "Networks differ in how sensitive they are to topology imbalance",
    paper: "GCN most, PPNP less, GAT least",
    why: "levels of imbalance are trained with the GCN alone",
  },
];
