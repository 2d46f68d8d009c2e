import { optionsOf, refuseUnknown, whole } from "../../errors";
import type { NodeData } from "../data/node-data";
import type { LossName } from "../losses/loss-names";
import type { LossOptions } from "../losses/node-losses";
import type { ClassificationScores } from "../metrics/classification-scores";
import type { NodeSplit } from "../splits/node-split";
import { checkSplit } from "../training/check-split";
import { checkNodeWeights } from "../training/check-weights";

export interface PprgoOptions {
  /** Uniform in [0, 1): seeds weights and dropout. */
  random: () => number;
  /** Default: the split of the data. */
  split?: NodeSplit | undefined;
  loss?: LossName | undefined;
  lossOptions?: Omit<LossOptions, "counts"> | undefined;
  /** ReNode's weight of each training node, shape [train] (default: all 1). */
  nodeWeights?: ArrayLike<number> | undefined;
  /** Probability of a return to the start, above 0 and at most 1 (default 0.15). */
  restart?: number | undefined;
  /** Precision `epsilon` of the pushed rows (default 1e-4). */
  epsilon?: number | undefined;
  /** Entries kept per row (default: all; PPRGo's usual choice is 32). */
  topK?: number | undefined;
  /** Width of the hidden layer (default 32). */
  hidden?: number | undefined;
  /** In [0, 1) (default 0.1). */
  dropout?: number | undefined;
  /** Default 5e-3. */
  lr?: number | undefined;
  /** L2 penalty (default 1e-4). */
  weightDecay?: number | undefined;
  /** Number of epochs, each one step over all training nodes (default 800). */
  epochs?: number | undefined;
  /** Propagation steps in the classification of all nodes (default 2). */
  inferenceSteps?: number | undefined;
  signal?: AbortSignal | undefined;
}

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

/** The options with their defaults. @throws {RenodeError} `ERR_ARGUMENT` for no object, or an option that does not exist */
export function pprgoSettings(options: PprgoOptions) {
  const {
    random,
    split,
    loss,
    lossOptions,
    nodeWeights,
    restart = 0.15,
    epsilon = 1e-4,
    topK,
    hidden = 32,
    dropout = 0.1,
    lr = 5e-3,
    weightDecay = 1e-4,
    epochs = 800,
    inferenceSteps = 2,
    signal,
    ...rest
  } = optionsOf(PLACE, options);
  refuseUnknown(PLACE, rest);
  return {
    random,
    split,
    loss,
    lossOptions,
    nodeWeights,
    restart,
    epsilon,
    topK,
    hidden,
    dropout,
    lr,
    weightDecay,
    epochs,
    inferenceSteps,
    signal,
  };
}

export type PprgoSettings = ReturnType<typeof pprgoSettings>;

/** The split, checked. @throws {RenodeError} `ERR_ARGUMENT` without one, `ERR_LABEL`, `ERR_SHAPE`, `ERR_RANGE` */
export function checkedSplit(data: NodeData, options: PprgoSettings): NodeSplit {
  const split = checkSplit(data, options.split ?? data.split, PLACE);
  whole(PLACE, "epochs", options.epochs, { min: 1 });
  checkNodeWeights(options.nodeWeights, split.train, PLACE);
  return split;
}
