import type { Generator } from "@deepgrain/tensor-gpu";
import { oneOf, optionsOf, real, refuseUnknown, whole } from "../../errors";
import type { TamOptions } from "../balancing/tam";
import type { NodeData } from "../data/node-data";
import { type LossName, lossNames } from "../losses/loss-names";
import type { LossOptions } from "../losses/node-losses";
import type { GraphModel } from "../models/graph-model";
import { type ModelName, modelNames } from "../models/model-names";
import type { NodeSplit } from "../splits/node-split";
import { checkSplit } from "./check-split";
import { checkNodeWeights } from "./check-weights";

/** Mini-batches of training nodes with sampled neighbours. */
export interface NeighbourSampling {
  /** Neighbours per node and hop, from the training nodes outwards (default [10, 10]). */
  fanouts?: readonly number[] | undefined;
  /** Training nodes per step (default 64). */
  batchSize?: number | undefined;
}

export interface TrainOptions {
  /** A name, or a function that creates the model; `generator` draws its weights and dropout. */
  model: ModelName | ((generator: Generator) => GraphModel);
  /** Uniform in [0, 1): seeds weights, dropout and sampling. */
  random: () => number;
  /** Default: the split of the data. Without validation nodes the last epoch is the best. */
  split?: NodeSplit | undefined;
  /** Default `"ce"`. */
  loss?: LossName | undefined;
  lossOptions?: Omit<LossOptions, "counts"> | undefined;
  /** ReNode's weight of each training node, shape [train] (default: all 1). See `trainingWeights`. */
  nodeWeights?: ArrayLike<number> | undefined;
  /** Adds TAM's margins after `warmup` epochs (default 5). */
  tam?: (TamOptions & { warmup?: number | undefined }) | undefined;
  /** Trains on mini-batches with sampled neighbours instead of the whole graph at once. */
  sampling?: NeighbourSampling | undefined;
  /** Width of the hidden layer (default 32). */
  hidden?: number | undefined;
  /** In [0, 1) (default 0.5). */
  dropout?: number | undefined;
  /** Adam's learning rate, above 0 (default 0.0075). */
  lr?: number | undefined;
  /** Multiplies the learning rate in each epoch after `decayAfter` (default 0.95 after 20, at least 1e-4). */
  decay?: number | undefined;
  decayAfter?: number | undefined;
  minLr?: number | undefined;
  /** L2 penalty as in PyTorch's Adam, at least 0 (default 0). */
  weightDecay?: number | undefined;
  /** Maximum number of epochs (default 200). */
  maxEpochs?: number | undefined;
  /** Stops when the validation's weighted F1 has not improved for this many epochs (default 20) … */
  patience?: number | undefined;
  /** … but not before this epoch (default 40). */
  minEpochs?: number | undefined;
  /** Stops after the current epoch: the iteration throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

const PLACE = "trainNodes";

const trainNames: readonly (keyof TrainOptions)[] = [
  "model",
  "random",
  "split",
  "loss",
  "lossOptions",
  "nodeWeights",
  "tam",
  "sampling",
  "hidden",
  "dropout",
  "lr",
  "decay",
  "decayAfter",
  "minLr",
  "weightDecay",
  "maxEpochs",
  "patience",
  "minEpochs",
  "signal",
];

/** The options with ReNode's defaults. @throws {RenodeError} `ERR_ARGUMENT` for no object, or an option that does not exist */
export function trainSettings(options: TrainOptions) {
  const {
    model,
    random,
    split,
    loss = "ce",
    lossOptions,
    nodeWeights,
    tam,
    sampling,
    hidden,
    dropout,
    lr = 0.0075,
    decay = 0.95,
    decayAfter = 20,
    minLr = 1e-4,
    weightDecay = 0,
    maxEpochs = 200,
    patience = 20,
    minEpochs = 40,
    signal,
    ...rest
  } = optionsOf(PLACE, options);
  refuseUnknown(PLACE, rest, trainNames);
  oneOf(PLACE, "loss", loss, lossNames);
  real(PLACE, "lr", lr, { above: 0 });
  real(PLACE, "weightDecay", weightDecay, { min: 0 });
  whole(PLACE, "maxEpochs", maxEpochs, { min: 1 });
  whole(PLACE, "patience", patience, { min: 1 });
  if (typeof model !== "function") oneOf(PLACE, "model", model, modelNames);
  for (const hop of sampling?.fanouts ?? []) whole(PLACE, "fanouts", hop, { min: 1 });
  if (sampling?.batchSize !== undefined) whole(PLACE, "batchSize", sampling.batchSize, { min: 1 });
  if (hidden !== undefined) whole(PLACE, "hidden", hidden, { min: 1 });
  if (dropout !== undefined) real(PLACE, "dropout", dropout, { min: 0, below: 1 });
  const making = { model, random, hidden, dropout, sampling, signal };
  const task = { split, loss, lossOptions, nodeWeights, tam };
  const steps = { lr, decay, decayAfter, minLr, weightDecay, maxEpochs, patience, minEpochs };
  return { ...making, ...task, ...steps };
}

export type TrainSettings = ReturnType<typeof trainSettings>;

/** The split, checked. @throws {RenodeError} `ERR_ARGUMENT` without one, `ERR_LABEL`, `ERR_SHAPE`, `ERR_RANGE` */
export function checkedSplit(data: NodeData, options: TrainSettings): NodeSplit {
  const split = checkSplit(data, options.split ?? data.split, PLACE);
  checkNodeWeights(options.nodeWeights, split.train, PLACE);
  return split;
}
