import { literal } from "../share/program";
import type { GraphData, Labels } from "./graph-data";
import { address, type State, shown } from "./state";

/** A program that weighs the labels and trains with them as the page does. @param labels of the graph that is shown */
export function codeOf(
  { seed }: Pick<State, "seed"> = address.state.value,
  { nodes, edges }: GraphData = shown.graph.value!,
  labels: Labels = shown.weighing.value!.labels,
): string {
  return `import { renodeWeights } from "@deepgrain/renode";
import { fromGraph, trainingWeights, trainNodes, trainToEnd } from "@deepgrain/renode/gnn";
import { UndirectedGraph } from "graphology";

// Two nodes and a weight; the class of each node; the labelled nodes.
const edges = ${literal(edges)};
const classes = ${literal(nodes.map(({ truth }) => truth))};
const labels = new Map(${literal(labels.map(([node, label]) => [String(node), label]))});

const graph = new UndirectedGraph();
for (const node of classes.keys()) graph.addNode(node);
for (const [one, other, weight] of edges)
  if (one !== other)
    graph.updateEdge(one, other, ({ weight: before = 0 }) => ({ weight: before + weight }));

const own = { getNodeLabel: (node) => labels.get(node), getNodeTrain: null };
const { totoro, weights, total } = renodeWeights.detailed(graph, own);
for (const [i, node] of [...labels.keys()].entries())
  console.log("node", node, "conflict", totoro[i].toFixed(3), "weight", weights[i].toFixed(3));
console.log("conflict of all", total.toFixed(3));

// Numbers in [0, 1) from a seed (Mulberry32).
function randomFrom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const data = fromGraph(graph, {
  getNodeLabel: (node) => labels.get(node) ?? classes[Number(node)],
  getNodeTrain: new Set(labels.keys()),
  getNodeFeatures: null,
});
const { train, test } = data.split;
for (const nodeWeights of [undefined, trainingWeights(data, train)]) {
  let sum = 0;
  for (let run = 0; run < 10; run++) {
    const random = randomFrom(10 * ${seed} + run);
    const sizes = { hidden: 16, lr: 0.02, maxEpochs: 100 };
    const training = trainNodes(data, { model: "gcn", ...sizes, random, nodeWeights });
    const { predictions } = await trainToEnd(training);
    sum += test.filter((node) => predictions[node] === data.classes[node]).length / test.length;
  }
  console.log(nodeWeights ? "ReNode" : "equal", sum / 10);
}
`;
}
