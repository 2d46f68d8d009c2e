import { tamMargins } from "../balancing/tam";
import { featureRows } from "../data/features";
import { GraphBatch } from "../data/graph-batch";
import { shuffle } from "../shuffle";
import type { TrainSettings } from "./train-options";
import { type StepNodes, trainStep } from "./train-step";
import type { TrainingRun } from "./training-run";

/** TAM's margins of the training nodes for an epoch, or null. @param logits of the previous epoch */
export function marginsFor(
  { data, split, options: { tam } }: TrainingRun,
  epoch: number,
  logits: Float32Array | null,
): Float32Array | null {
  if (!tam) return null;
  const { warmup = 5, ...margins } = tam;
  if (!logits || epoch <= warmup) return null;
  const { graph, classes, classNames } = data;
  const input = { graph, train: split.train, classes, classCount: classNames.length };
  return tamMargins(logits, input, margins);
}

/** lr·decay^(epoch − decayAfter) after that epoch, at least minLr. @param epoch from 1 */
export function learningRate(epoch: number, options: TrainSettings): number {
  const { lr, decay, decayAfter, minLr } = options;
  if (epoch <= decayAfter) return lr;
  return Math.max(Math.min(minLr, lr), lr * decay ** (epoch - decayAfter));
}

/** The training nodes at the given places of the split, in the rows of a batch. */
function stepNodes(
  { data, split, weights }: TrainingRun,
  places: readonly number[],
  rows: Int32Array,
  margins: Float32Array | null,
): StepNodes {
  const width = data.classNames.length;
  const rowOf = (v: number) => [...margins!.subarray(v * width, (v + 1) * width)];
  return {
    rows,
    targets: Int32Array.from(places, (v) => data.classes[split.train[v]!]!),
    weights: Float32Array.from(places, (v) => weights[v]!),
    margins: margins && Float32Array.from(places.flatMap(rowOf)),
  };
}

const placesOf = (count: number) => Array.from({ length: count }, (_, v) => v);

async function sampledEpoch(run: TrainingRun, lr: number, margins: Float32Array | null) {
  const { data, split, model, optimizer, loss, options } = run;
  const { batchSize = 64 } = options.sampling!;
  const order = shuffle(placesOf(split.train.length), options.random);
  let total = 0;
  for (let from = 0; from < order.length; from += batchSize) {
    const places = order.slice(from, from + batchSize);
    const block = run.sample!(places.map((v) => split.train[v]!));
    const batch = new GraphBatch(block, featureRows(data.features, block.nodes));
    const rows = Int32Array.from(placesOf(places.length)); // the seeds come first
    const nodes = stepNodes(run, places, rows, margins);
    const step = { lr, weightDecay: options.weightDecay };
    total += places.length * (await trainStep(model, optimizer, batch, nodes, loss, step));
    batch.dispose();
  }
  return total / split.train.length;
}

function wholeEpoch(run: TrainingRun, lr: number, margins: Float32Array | null) {
  if (run.replayed) return run.replayed.step(lr);
  const { split, model, optimizer, batch, loss, options } = run;
  const nodes = stepNodes(run, placesOf(split.train.length), split.train, margins);
  const step = { lr, weightDecay: options.weightDecay };
  return trainStep(model, optimizer, batch, nodes, loss, step);
}

/** One pass over the training nodes. @returns the mean loss */
export const trainEpoch = (
  run: TrainingRun,
  lr: number,
  margins: Float32Array | null,
): Promise<number> => (run.options.sampling ? sampledEpoch : wholeEpoch)(run, lr, margins);
