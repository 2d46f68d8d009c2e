import { Generator, optim } from "@deepgrain/tensor-gpu";
import { RenodeError } from "../../errors";
import { wholeGraph } from "../data/edge-block";
import { GraphBatch } from "../data/graph-batch";
import type { NodeData } from "../data/node-data";
import type { LossName } from "../losses/loss-names";
import { type LossOptions, type NodeLoss, nodeLoss } from "../losses/node-losses";
import { createModel } from "../models/create-model";
import type { GraphModel } from "../models/graph-model";
import { blockSampler, type SampledBlock } from "../sampling/sample-block";
import type { NodeSplit } from "../splits/node-split";
import { canReplay, ReplayedSteps } from "./replayed-steps";
import { checkedSplit, type TrainSettings } from "./train-options";

/** The state of a running training. */
export interface TrainingRun {
  readonly data: NodeData;
  readonly split: NodeSplit;
  readonly options: TrainSettings;
  readonly model: GraphModel;
  readonly optimizer: optim.AdamW;
  /** The whole graph. */
  readonly batch: GraphBatch;
  readonly loss: NodeLoss;
  /** Draws edges around some nodes; null for training on the whole graph at once. */
  readonly sample: ((seeds: ArrayLike<number>) => SampledBlock) | null;
  /** Weight of each training node, shape [L]. */
  readonly weights: Float32Array;
  /** Replayed steps on the whole graph; null where steps cannot be replayed: with samples, margins or the caller's own model. */
  readonly replayed: ReplayedSteps | null;
}

/** A loss by name for the class sizes of some training nodes. */
export function lossFor(
  { classes, classNames }: NodeData,
  train: Int32Array,
  name: LossName = "ce",
  options: Omit<LossOptions, "counts"> = {},
): NodeLoss {
  const counts = new Int32Array(classNames.length);
  for (const node of train) counts[classes[node]!]!++;
  return nodeLoss(name, { ...options, counts });
}

/** The given weights, or ones. */
export const weightsOrOnes = (weights: ArrayLike<number> | undefined, count: number) =>
  weights ? Float32Array.from(weights) : new Float32Array(count).fill(1);

/** A generator whose seed is drawn. */
export const drawnGenerator = (random: () => number) =>
  new Generator(Math.floor(random() * 2 ** 32));

function makeModel(data: NodeData, { model, random, hidden, dropout }: TrainSettings): GraphModel {
  const generator = drawnGenerator(random);
  if (typeof model !== "string") return model(generator);
  return createModel(model, data, {
    generator,
    hidden,
    dropout,
  });
}

/** Checks the options and creates the state of a training. @throws {RenodeError} see `trainNodes` */
export function startRun(data: NodeData, options: TrainSettings): TrainingRun {
  const split = checkedSplit(data, options);
  if (options.model === "ppnp" && options.sampling)
    throw new RenodeError(
      "ERR_ARGUMENT",
      "renode/trainNodes: PPNP reads whole rows of influence: use APPNP on sampled neighbours, trainPprgo on large graphs",
    );
  const { sampling, random } = options;
  const loss = lossFor(data, split.train, options.loss, options.lossOptions);
  const model = makeModel(data, options);
  const run = {
    data,
    split,
    options,
    model,
    optimizer: new optim.AdamW(model.parameters(), { weightDecay: 0 }),
    batch: new GraphBatch(wholeGraph(data.graph), data.features),
    loss,
    sample: sampling ? blockSampler(data.graph, sampling.fanouts ?? [10, 10], random) : null,
    weights: weightsOrOnes(options.nodeWeights, split.train.length),
  };
  if (!sampling) run.batch.restrictTo(split.train);
  return { ...run, replayed: replayedSteps(run) };
}

/** Replayed steps, where possible. Models chosen by name draw no random numbers of their own. */
function replayedSteps(run: Omit<TrainingRun, "replayed">): ReplayedSteps | null {
  const { data, split, weights, model, optimizer, batch, loss, options } = run;
  const { sampling, tam, weightDecay } = options;
  if (typeof options.model !== "string" || sampling || tam || !canReplay()) return null;
  const targets = Int32Array.from(split.train, (node) => data.classes[node]!);
  const nodes = { rows: split.train, targets, weights, margins: null };
  return new ReplayedSteps(model, optimizer, batch, nodes, loss, weightDecay);
}
