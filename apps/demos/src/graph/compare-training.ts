import { fromGraph, trainingWeights, trainNodes, trainToEnd } from "@deepgrain/renode/gnn";
import type { GraphData, Labels } from "./graph-data";
import { randomFrom } from "./random";
import { toGraphology } from "./to-graphology";
import { RUNS, type Way, ways } from "./ways";

const EPOCHS = 100;

/** Trains graph networks with and without ReNode's weights. @yields the accuracy of one training after another */
export async function* compareTraining(
  { graph, labels, seed }: { graph: GraphData; labels: Labels; seed: number },
  signal: AbortSignal,
): AsyncGenerator<{ way: Way; run: number; accuracy: number }, void> {
  const own = new Map(labels.map(([node, label]) => [String(node), label]));
  const data = fromGraph(toGraphology(graph), {
    getNodeLabel: (node) => own.get(node) ?? graph.nodes[Number(node)]!.truth,
    getNodeTrain: new Set(own.keys()),
    getNodeFeatures: null,
  });
  const { train, test } = data.split!;
  const nodeWeights = trainingWeights(data, train);
  for (let run = 0; run < RUNS; run++)
    for (const way of ways) {
      const options = {
        model: "gcn",
        hidden: 16,
        lr: 0.02,
        maxEpochs: EPOCHS,
        random: randomFrom(RUNS * seed + run),
        nodeWeights: way === "renode" ? nodeWeights : undefined,
        signal,
      } as const;
      const { predictions, model } = await trainToEnd(trainNodes(data, options));
      model.dispose();
      const right = test.filter((node) => predictions[node] === data.classes[node]).length;
      yield { way, run, accuracy: right / test.length };
    }
}
