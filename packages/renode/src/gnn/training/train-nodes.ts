import { Generator, optim } from "@deepgrain/tensor-gpu";
import { RenodeError } from "../../errors";
import { tamMargins } from "../balancing/tam";
import { wholeGraph } from "../data/edge-block";
import { featureRows } from "../data/features";
import { GraphBatch } from "../data/graph-batch";
import type { NodeData } from "../data/node-data";
import { type NodeLoss, nodeLoss } from "../losses/node-losses";
import type { ClassificationScores } from "../metrics/classification-scores";
import { createModel } from "../models/create-model";
import type { GraphModel } from "../models/graph-model";
import { blockSampler } from "../sampling/sample-block";
import type { NodeSplit } from "../splits/node-split";
import { logitsOf, predictedClasses, scoresOn } from "./evaluate";
import { checkedSplit, defaults, type TrainOptions } from "./train-options";
import { type StepNodes, trainStep } from "./train-step";

/** One pass over the training nodes. */
export interface EpochEvent {
  readonly type: "epoch-end";
  /** From 1. */
  readonly epoch: number;
  /** Mean over the epoch's steps, before each. */
  readonly loss: number;
  readonly lr: number;
  /** Null without validation nodes. */
  readonly validation: ClassificationScores | null;
}

/** The best epoch by validation's weighted F1. */
export interface TrainEndEvent {
  readonly type: "train-end";
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly validation: ClassificationScores | null;
  readonly test: ClassificationScores | null;
  /** Class number of every node, shape [N]. */
  readonly predictions: Int32Array;
  /** The trained model with the best epoch's weights; the caller disposes it. */
  readonly model: GraphModel;
}

export type TrainEvent = EpochEvent | TrainEndEvent;

/** A training under way. */
interface Run {
  readonly data: NodeData;
  readonly split: NodeSplit;
  readonly options: TrainOptions;
  readonly model: GraphModel;
  readonly optimizer: optim.AdamW;
  readonly batch: GraphBatch;
  readonly loss: NodeLoss;
  readonly weights: Float32Array;
}

function startRun(data: NodeData, options: TrainOptions): Run {
  const split = checkedSplit(data, options);
  const { model: choice, random, loss = defaults.loss, lossOptions, nodeWeights } = options;
  if (choice === "ppnp" && options.sampling)
    throw new RenodeError(
      "ERR_ARGUMENT",
      "renode/trainNodes: PPNP reads whole rows of influence: on sampled neighbours use APPNP, on large graphs trainPprgo",
    );
  const generator = new Generator(Math.floor(random() * 2 ** 32));
  const { hidden, dropout } = options;
  const sizes = {
    generator,
    ...(hidden === undefined ? {} : { hidden }),
    ...(dropout === undefined ? {} : { dropout }),
  };
  const model = typeof choice === "string" ? createModel(choice, data, sizes) : choice(generator);
  const counts = new Int32Array(data.classNames.length);
  for (const node of split.train) counts[data.classes[node]!]!++;
  return {
    data,
    split,
    options,
    model,
    optimizer: new optim.AdamW(model.parameters(), { weightDecay: 0 }),
    batch: new GraphBatch(wholeGraph(data.graph), data.features),
    loss: nodeLoss(loss, { ...lossOptions, counts }),
    weights: nodeWeights
      ? Float32Array.from(nodeWeights)
      : new Float32Array(split.train.length).fill(1),
  };
}

/** TAM's margins for this epoch, or null. */
function marginsFor({ data, split, options }: Run, epoch: number, logits: Float32Array | null) {
  const { tam } = options;
  if (!tam || !logits || epoch <= (tam.warmup ?? 5)) return null;
  const { graph, classes, classNames } = data;
  return tamMargins(
    logits,
    { graph, train: split.train, classes, classCount: classNames.length },
    tam,
  );
}

/** The training nodes at the given places of the split. */
function stepNodes(
  run: Run,
  places: readonly number[],
  rows: Int32Array,
  margins: Float32Array | null,
): StepNodes {
  const { data, split, weights } = run;
  const width = data.classNames.length;
  return {
    rows,
    targets: Int32Array.from(places, (v) => data.classes[split.train[v]!]!),
    weights: Float32Array.from(places, (v) => weights[v]!),
    margins:
      margins &&
      Float32Array.from(places.flatMap((v) => [...margins.subarray(v * width, (v + 1) * width)])),
  };
}

/** Places 0 to n − 1 in random order, cut into batches. */
function batchesOf(count: number, batchSize: number, random: () => number): number[][] {
  const places = Array.from({ length: count }, (_, v) => v);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [places[i], places[j]] = [places[j]!, places[i]!];
  }
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, b) =>
    places.slice(b * batchSize, (b + 1) * batchSize),
  );
}

async function sampledEpoch(run: Run, lr: number, margins: Float32Array | null): Promise<number> {
  const { data, split, model, optimizer, loss, options } = run;
  const { fanouts = [10, 10], batchSize = 64 } = options.sampling!;
  const sample = blockSampler(data.graph, fanouts, options.random);
  let total = 0;
  for (const places of batchesOf(split.train.length, batchSize, options.random)) {
    const block = sample(places.map((v) => split.train[v]!));
    const batch = new GraphBatch(block, featureRows(data.features, block.nodes));
    const rows = Int32Array.from(places, (_, row) => row); // the seeds come first
    const nodes = stepNodes(run, places, rows, margins);
    const step = { lr, weightDecay: options.weightDecay ?? 0 };
    total += places.length * (await trainStep(model, optimizer, batch, nodes, loss, step));
    batch.dispose();
  }
  return total / split.train.length;
}

function wholeEpoch(run: Run, lr: number, margins: Float32Array | null): Promise<number> {
  const { split, model, optimizer, batch, loss, options } = run;
  const places = Array.from(split.train, (_, v) => v);
  const nodes = stepNodes(run, places, split.train, margins);
  return trainStep(model, optimizer, batch, nodes, loss, {
    lr,
    weightDecay: options.weightDecay ?? 0,
  });
}

/** lr·decay^(epoch − decayAfter) after that epoch, at least minLr. */
function learningRate(epoch: number, options: TrainOptions): number {
  const { lr, decay, decayAfter, minLr } = { ...defaults, ...options };
  return epoch <= decayAfter
    ? lr
    : Math.max(Math.min(minLr, lr), lr * decay ** (epoch - decayAfter));
}

interface Best {
  epoch: number;
  f1: number;
  predictions: Int32Array;
  weights: (Float32Array | Int32Array)[];
}

async function* epochs(run: Run): AsyncGenerator<TrainEvent> {
  const { data, split, options, model, batch } = run;
  const { maxEpochs, patience, minEpochs } = { ...defaults, ...options };
  let best: Best | undefined;
  let logits: Float32Array | null = null;
  let epoch = 0;
  while (epoch < maxEpochs) {
    epoch++;
    options.signal?.throwIfAborted();
    const lr = learningRate(epoch, options);
    const margins = marginsFor(run, epoch, logits);
    const loss = await (options.sampling ? sampledEpoch : wholeEpoch)(run, lr, margins);
    logits = await logitsOf(model, batch);
    const predictions = predictedClasses(logits, data.classNames.length);
    const validation = scoresOn(predictions, data, split.validation);
    yield { type: "epoch-end", epoch, loss, lr, validation };
    if (!best || validation === null || validation.weightedF1 > best.f1) {
      const weights = await Promise.all(model.parameters().map((parameter) => parameter.data()));
      best = { epoch, f1: validation?.weightedF1 ?? 0, predictions, weights };
    }
    if (epoch > minEpochs && epoch - best.epoch >= patience) break;
  }
  for (const [i, parameter] of model.parameters().entries()) parameter.set(best!.weights[i]!);
  yield {
    type: "train-end",
    epochs: epoch,
    bestEpoch: best!.epoch,
    validation: scoresOn(best!.predictions, data, split.validation),
    test: scoresOn(best!.predictions, data, split.test),
    predictions: best!.predictions,
    model: model.eval() as GraphModel,
  };
}

/**
 * Trains a graph network on a split, with any loss, with or without ReNode's weights, and ends with the scores of the epoch
 * that validates best. The defaults are ReNode's recipe. Uses the back end that is set.
 *
 * loss = (1/L)·Σ w_v·loss_v over the training nodes
 *
 * @returns an event per epoch, then `train-end`
 * @throws {RenodeError} `ERR_ARGUMENT`, `ERR_LABEL`, `ERR_SHAPE`, `ERR_RANGE`
 * @see Chen et al. 2021, sections 3.3 and 4.1
 */
export async function* trainNodes(
  data: NodeData,
  options: TrainOptions,
): AsyncGenerator<TrainEvent> {
  const run = startRun(data, options);
  let isFinished = false;
  try {
    for await (const event of epochs(run)) {
      isFinished ||= event.type === "train-end";
      yield event;
    }
  } finally {
    run.batch.dispose();
    run.optimizer.dispose();
    if (!isFinished) run.model.dispose();
  }
}

/** Runs a training to its end and returns the last event. */
export async function trainToEnd<T extends { type: string }>(
  events: AsyncIterable<T>,
): Promise<Extract<T, { type: "train-end" }>> {
  let last: T | undefined;
  for await (const event of events) last = event;
  return last as Extract<T, { type: "train-end" }>;
}
