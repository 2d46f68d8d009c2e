import type { OptionNames } from "@deepgrain/support";
import { assertRange } from "../../checks";
import type { NodeData } from "../data/node-data";
import type { LossName, LossOptions } from "../losses/node-losses";
import type { ClassificationScores } from "../metrics/classification-scores";
import type { NodeSplit } from "../splits/node-split";
import { checkSplit } from "../training/check-split";
import { checkNodeWeights } from "../training/check-weights";

export interface PprgoOptions {
  /** Uniform in [0, 1): seeds weights and dropout. */
  random: () => number;
  /** Default: the split of the data. */
  split?: NodeSplit;
  loss?: LossName;
  lossOptions?: Omit<LossOptions, "counts">;
  /** ReNode's weight of each training node, shape [train] (default: all 1). */
  nodeWeights?: ArrayLike<number>;
  /** Probability of a return to the start, above 0 and at most 1 (default 0.15). */
  restart?: number;
  /** Precision `epsilon` of the pushed rows (default 1e-4). */
  epsilon?: number;
  /** Entries kept per row (default: all; PPRGo's usual choice is 32). */
  topK?: number;
  /** Width of the hidden layer (default 32). */
  hidden?: number;
  /** In [0, 1) (default 0.1). */
  dropout?: number;
  /** Default 5e-3. */
  lr?: number;
  /** L2 penalty (default 1e-4). */
  weightDecay?: number;
  /** Number of epochs, each one step over all training nodes (default 800). */
  epochs?: number;
  /** Propagation steps in the classification of all nodes (default 2). */
  inferenceSteps?: number;
  signal?: AbortSignal;
}

export const pprgoOptionNames: OptionNames<PprgoOptions> = {
  random: true,
  split: true,
  loss: true,
  lossOptions: true,
  nodeWeights: true,
  restart: true,
  epsilon: true,
  topK: true,
  hidden: true,
  dropout: true,
  lr: true,
  weightDecay: true,
  epochs: true,
  inferenceSteps: true,
  signal: true,
};

export interface PprgoEpochEvent {
  readonly type: "epoch-end";
  readonly epoch: number;
  /** Sum over the training nodes. */
  readonly loss: number;
}

export interface PprgoEndEvent {
  readonly type: "train-end";
  readonly epochs: number;
  readonly validation: ClassificationScores | null;
  readonly test: ClassificationScores | null;
  /** Class number of every node, shape [N]. */
  readonly predictions: Int32Array;
}

const PLACE = "trainPprgo";

/** The split, checked. @throws {RenodeError} `ERR_ARGUMENT` without one, `ERR_LABEL`, `ERR_SHAPE`, `ERR_RANGE` */
export function checkedSplit(data: NodeData, options: PprgoOptions): NodeSplit {
  const split = checkSplit(data, options.split ?? data.split, PLACE);
  const { epochs = 800 } = options;
  const isCount = Number.isInteger(epochs) && epochs > 0;
  assertRange(isCount, PLACE, "epochs", "an integer from 1", epochs);
  checkNodeWeights(options.nodeWeights, split.train, PLACE);
  return split;
}
