import { renodeWeights } from "@deepgrain/renode";
import type { GraphData, Labels } from "./graph-data";
import { toGraphology } from "./to-graphology";

/** ReNode's findings about labels. Lists go in the order of the labels. */
export interface Weighing {
  labels: Labels;
  /** Totoro: how strongly other classes reach what the node influences. */
  conflict: readonly number[];
  /** Training weights, 0.5 to 1.5. */
  weights: readonly number[];
  /** The sum of all conflict, and the share of nodes that labels reach. */
  total: number;
  cover: number;
  warnings: readonly string[];
}

/** Scores labels and turns the scores into training weights, by `renodeWeights`. */
export function weighLabels(graph: GraphData, labels: Labels): Weighing {
  const own = new Map(labels.map(([node, label]) => [String(node), label]));
  const { totoro, weights, total, cover, warnings } = renodeWeights.detailed(toGraphology(graph), {
    getNodeLabel: (node) => own.get(node),
    getNodeTrain: null,
  });
  return {
    labels,
    conflict: [...totoro],
    weights: [...weights],
    total,
    cover,
    warnings: warnings.map(({ message }) => message),
  };
}
