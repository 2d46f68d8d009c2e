import type { OptionNames } from "@deepgrain/support";
import type { Generator } from "@deepgrain/tensor-gpu";
import { assertRange } from "../../checks";
import type { TamOptions } from "../balancing/tam";
import type { NodeData } from "../data/node-data";
import type { LossName, LossOptions } from "../losses/node-losses";
import type { ModelName } from "../models/create-model";
import type { GraphModel } from "../models/graph-model";
import type { NodeSplit } from "../splits/node-split";
import { checkSplit } from "./check-split";
import { checkNodeWeights } from "./check-weights";

/** Mini-batches of training nodes with sampled neighbours. */
export interface NeighbourSampling {
  /** Neighbours per node and hop, from the training nodes outwards (default [10, 10]). */
  fanouts?: readonly number[];
  /** Training nodes per step (default 64). */
  batchSize?: number;
}

export interface TrainOptions {
  /** A name, or a function that creates the model; `generator` draws its weights and dropout. */
  model: ModelName | ((generator: Generator) => GraphModel);
  /** Uniform in [0, 1): seeds weights, dropout and sampling. */
  random: () => number;
  /** Default: the split of the data. Without validation nodes the last epoch is the best. */
  split?: NodeSplit;
  /** Default `"ce"`. */
  loss?: LossName;
  lossOptions?: Omit<LossOptions, "counts">;
  /** ReNode's weight of each training node, shape [train] (default: all 1). See `trainingWeights`. */
  nodeWeights?: ArrayLike<number>;
  /** Adds TAM's margins after `warmup` epochs (default 5). */
  tam?: TamOptions & { warmup?: number };
  /** Trains on mini-batches with sampled neighbours instead of the whole graph at once. */
  sampling?: NeighbourSampling;
  /** Width of the hidden layer (default 32). */
  hidden?: number;
  /** In [0, 1) (default 0.5). */
  dropout?: number;
  /** Adam's learning rate, above 0 (default 0.0075). */
  lr?: number;
  /** Multiplies the learning rate in each epoch after `decayAfter` (default 0.95 after 20, at least 1e-4). */
  decay?: number;
  decayAfter?: number;
  minLr?: number;
  /** L2 penalty as in PyTorch's Adam, at least 0 (default 0). */
  weightDecay?: number;
  /** Maximum number of epochs (default 200). */
  maxEpochs?: number;
  /** Stops when the validation's weighted F1 has not improved for this many epochs (default 20) … */
  patience?: number;
  /** … but not before this epoch (default 40). */
  minEpochs?: number;
  /** Stops after the current epoch: the iteration throws the signal's reason. */
  signal?: AbortSignal;
}

export const trainOptionNames: OptionNames<TrainOptions> = {
  model: true,
  random: true,
  split: true,
  loss: true,
  lossOptions: true,
  nodeWeights: true,
  tam: true,
  sampling: true,
  hidden: true,
  dropout: true,
  lr: true,
  decay: true,
  decayAfter: true,
  minLr: true,
  weightDecay: true,
  maxEpochs: true,
  patience: true,
  minEpochs: true,
  signal: true,
};

export const defaults = {
  loss: "ce",
  lr: 0.0075,
  decay: 0.95,
  decayAfter: 20,
  minLr: 1e-4,
  weightDecay: 0,
  maxEpochs: 200,
  patience: 20,
  minEpochs: 40,
} as const;

const PLACE = "trainNodes";

/** The split, checked. @throws {RenodeError} `ERR_ARGUMENT` without one, `ERR_LABEL`, `ERR_SHAPE`, `ERR_RANGE` */
export function checkedSplit(data: NodeData, options: TrainOptions): NodeSplit {
  const split = checkSplit(data, options.split ?? data.split, PLACE);
  const { lr, weightDecay, maxEpochs } = { ...defaults, ...options };
  const isCount = Number.isInteger(maxEpochs) && maxEpochs > 0;
  assertRange(lr > 0 && Number.isFinite(lr), PLACE, "lr", "above 0", lr);
  assertRange(weightDecay >= 0, PLACE, "weightDecay", "from 0", weightDecay);
  assertRange(isCount, PLACE, "maxEpochs", "an integer from 1", maxEpochs);
  checkNodeWeights(options.nodeWeights, split.train, PLACE);
  return split;
}
