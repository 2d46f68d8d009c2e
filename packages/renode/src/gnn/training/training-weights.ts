import { having } from "../../errors";
import { type RenodeOptions, renodeOptions, renodeWeights } from "../../weights/renode-weights";
import type { NodeData } from "../data/node-data";

/**
 * ReNode's weights of some training nodes, for `trainNodes` and `trainPprgo`. No other node's label is read.
 *
 * @param train node numbers
 * @returns in the order of `train`, shape [train.length]
 * @throws {RenodeError} as `renodeWeights`
 */
export function trainingWeights(
  nodeData: NodeData,
  train: Int32Array,
  options: RenodeOptions = {},
): Float64Array {
  const { graph, classes } = having("trainingWeights", "nodeData", nodeData, "graph", "features");
  const { scoring, schedule } = renodeOptions("trainingWeights", options);
  const getNodeLabel = new Array<number | null>(graph.order).fill(null);
  for (const node of train) getNodeLabel[node] = classes[node]!;
  const { keys, weights } = renodeWeights.detailed(graph, {
    ...scoring,
    ...schedule,
    getNodeLabel,
    getNodeTrain: null,
  });
  const byNode = new Map(keys.map((key, v) => [Number(key), weights[v]!]));
  return Float64Array.from(train, (node) => byNode.get(node)!);
}
