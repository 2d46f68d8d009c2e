import type { RunEvent } from "@deepgrain/lab";
import { createRandom } from "@deepgrain/lm";
import { type RenodeResult, renodeWeights } from "@deepgrain/renode";
import {
  GraphSmote,
  type NodeData,
  type NodeSplit,
  type TrainOptions,
  trainNodes,
} from "@deepgrain/renode/gnn";
import { drawSplit, streams } from "./draw-split";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";
import { isTrainedOften, type Method, USUAL_MIN_WEIGHT, type Variant } from "./variants";

/** Scores and weights of the training nodes, in the order of the split. */
function scored(data: NodeData, { train }: NodeSplit, minWeight: number | null): RenodeResult {
  const getNodeLabel = new Array<number | null>(data.graph.order).fill(null);
  for (const node of train) getNodeLabel[node] = data.classes[node]!;
  const least = minWeight ?? USUAL_MIN_WEIGHT;
  const range = { minWeight: least, maxWeight: 2 - least };
  return renodeWeights.detailed(data.graph, { ...range, getNodeLabel, getNodeTrain: null });
}

/** GraphSMOTE for the training nodes of a split. */
const graphSmote =
  (data: NodeData, { train }: NodeSplit, random: () => number): TrainOptions["model"] =>
  (generator) =>
    new GraphSmote({
      features: data.features.cols,
      classes: data.classNames.length,
      generator,
      graph: data.graph,
      trainClasses: Array.from(train, (node) => data.classes[node]!),
      random,
    });

function modelOf({ network }: Method, data: NodeData, split: NodeSplit, random: () => number) {
  return network === "graphsmote" ? graphSmote(data, split, random) : network;
}

/** Trains a variant on the split of a seed, once per initialisation, which is the same for all variants. */
export async function* trainVariant(
  variant: Variant,
  seed: number,
  { data, settings, signal }: { data: NodeData; settings: ComparisonSettings; signal: AbortSignal },
): AsyncGenerator<RunEvent, TrainingResult, void> {
  const { loss, minWeight, hasTam, further } = variant;
  const own = further === undefined ? [] : [further];
  const split = drawSplit(variant, seed, data, settings);
  const { total, cover, weights } = scored(data, split, minWeight);
  const { maxEpochs } = settings;
  const initialisations = isTrainedOften(variant)
    ? settings.initialisations
    : settings.otherInitialisations;
  const trainings: TrainingResult["trainings"] = [];
  for (let start = 0; start < initialisations; start++) {
    const random = createRandom([streams.weights, seed, start, ...own]).next;
    const events = trainNodes(data, {
      model: modelOf(variant, data, split, random),
      random,
      split,
      loss,
      maxEpochs,
      signal,
      nodeWeights: minWeight === null ? undefined : weights,
      tam: hasTam ? {} : undefined,
    });
    for await (const event of events) {
      if (event.type === "epoch-end") {
        yield { type: "progress", done: (start + event.epoch / maxEpochs) / initialisations };
        continue;
      }
      event.model.dispose();
      const { weightedF1, macroF1, accuracy } = event.test!;
      trainings.push({ weightedF1, macroF1, accuracy, epochs: event.epochs });
    }
  }
  return { total, cover, trainings };
}
