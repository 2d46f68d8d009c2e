import type { Variant as GridRow } from "@deepgrain/lab";
import { type LossName, lossNames } from "@deepgrain/renode/gnn";
import { type ComparisonSettings, type GraphName, graphNames } from "./recipe";

/** How training nodes are drawn: as many per class (low, middle, high: by the set's conflict), or many in some classes only. */
export type SplitName = "balanced" | "low" | "middle" | "high" | "step";

/** The six networks of the comparison, in the paper's order, and GraphSMOTE. */
export const networks = ["gcn", "gat", "appnp", "graphsage", "chebnet", "sgc"] as const;
export type Network = (typeof networks)[number] | "graphsmote";

export const networkTitles: Readonly<Record<Network, string>> = {
  gcn: "GCN",
  gat: "GAT",
  appnp: "APPNP",
  graphsage: "GraphSAGE",
  chebnet: "ChebNet",
  sgc: "SGC",
  graphsmote: "GraphSMOTE",
};

export const graphTitles: Readonly<Record<GraphName, string>> = {
  cora: "Cora",
  citeseer: "CiteSeer",
};

export const lossTitles: Readonly<Record<LossName, string>> = {
  ce: "CE",
  "re-weight": "re-weight",
  focal: "focal",
  "cb-softmax": "class-balanced",
  ldam: "LDAM",
};

/** A method that is trained on a split. */
export interface Method {
  network: Network;
  loss: LossName;
  /** The lowest weight of ReNode, the highest being 2 less it; null without ReNode. */
  minWeight: number | null;
  hasTam?: boolean;
}

/** A network trained in one way on splits of one kind. */
export interface Variant extends GridRow, Method {
  name: string;
  graph: GraphName;
  split: SplitName;
  /** Which of the further balanced splits of a seed; absent for its own. */
  further?: number;
}

/** The minimum weight of the paper and its code. */
export const USUAL_MIN_WEIGHT = 0.5;

const shortOf = ({ loss, minWeight, hasTam }: Method): string => {
  const renode = minWeight === null ? "plain" : `renode-${minWeight}`;
  return [loss, ...(hasTam ? ["tam"] : []), renode].join("-");
};

/** Id of a variant: `cora/balanced/gcn/ce-renode-0.5`. */
export const idOf = (graph: GraphName, split: SplitName, method: Method): string =>
  [graph, split, method.network, shortOf(method)].join("/");

/** "GCN, CE + ReNode" */
export function methodTitle({ network, loss, minWeight, hasTam }: Method): string {
  const parts = [
    lossTitles[loss],
    ...(hasTam ? ["TAM"] : []),
    ...(minWeight === null ? [] : ["ReNode"]),
  ];
  const isUsual = minWeight === null || minWeight === USUAL_MIN_WEIGHT;
  return `${networkTitles[network]}, ${parts.join(" + ")}${isUsual ? "" : ` from ${minWeight}`}`;
}

/** How long a training takes beside the GCN's, where that is longer. */
const cost: Partial<Record<Network, number>> = { gat: 3, appnp: 2.5, graphsmote: 4 };

function row(experiment: string, graph: GraphName, split: SplitName, method: Method): Variant {
  const id = idOf(graph, split, method);
  const name = `${graphTitles[graph]} ${split}, ${methodTitle(method)}`;
  return {
    id,
    name,
    graph,
    split,
    ...method,
    experiments: [experiment],
    weight: cost[method.network] ?? 1,
  };
}

/** A method without and with ReNode. */
const pair = (network: Network, loss: LossName, more: { hasTam?: boolean } = {}): Method[] =>
  [null, USUAL_MIN_WEIGHT].map((minWeight) => ({ network, loss, minWeight, ...more }));

/** Cora's further balanced splits, on which a GCN is trained without ReNode. */
export const furtherIds = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `cora/balanced-${i + 1}/gcn/ce-plain`);

const furtherSplits = (count: number): Variant[] =>
  furtherIds(count).map((id, i) => ({
    ...row("conflict", "cora", "balanced", { network: "gcn", loss: "ce", minWeight: null }),
    id,
    name: `Cora balanced, split ${i + 1} of the seed, GCN, CE`,
    further: i,
  }));

function ofGraph(graph: GraphName, moreSplits: number): Variant[] {
  const rows = (experiment: string, split: SplitName, methods: readonly Method[]) =>
    methods.map((method) => row(experiment, graph, split, method));
  return [
    ...rows(
      "balanced",
      "balanced",
      networks.flatMap((network) => pair(network, "ce")),
    ),
    ...rows(
      "ranges",
      "balanced",
      [0.25, 0.75].map((minWeight) => ({ network: "gcn", loss: "ce", minWeight })),
    ),
    ...(["low", "middle", "high"] as const).flatMap((level) =>
      rows("levels", level, pair("gcn", "ce")),
    ),
    ...(graph === "cora" ? furtherSplits(moreSplits) : []),
    ...rows(
      "both",
      "step",
      networks.flatMap((network) => lossNames.flatMap((loss) => pair(network, loss))),
    ),
    ...rows("rivals", "step", [
      ...pair("gcn", "ce", { hasTam: true }),
      ...pair("gcn", "re-weight", { hasTam: true }),
      ...pair("graphsmote", "ce"),
    ]),
  ];
}

/**
 * Everything that is trained: six networks with and without ReNode on balanced splits, three ranges of weights, three levels of
 * topology imbalance, a GCN on many balanced splits, five losses with and without ReNode where classes have different numbers of labels, and rivals.
 */
export const variantsOf = ({
  graphs,
  moreSplits,
}: Pick<ComparisonSettings, "graphs" | "moreSplits">): readonly Variant[] =>
  graphNames.filter((name) => graphs.includes(name)).flatMap((name) => ofGraph(name, moreSplits));

/** Whether a variant is trained as often as the primary claims about the GCN need. */
export const isTrainedOften = ({
  network,
  loss,
  minWeight,
  split,
  further,
  hasTam,
}: Variant): boolean =>
  network === "gcn" &&
  loss === "ce" &&
  (minWeight === null || minWeight === USUAL_MIN_WEIGHT) &&
  split !== "step" &&
  further === undefined &&
  !hasTam;
