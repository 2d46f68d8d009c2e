import { dropout, type Generator, nn, relu, type Tensor } from "@deepgrain/tensor-gpu";
import type { GraphBatch, Multiply } from "../data/graph-batch";
import type { NodeLoss } from "../losses/node-losses";

export interface ModelSizes {
  /** Columns of the features. */
  readonly features: number;
  readonly classes: number;
  /** Width of the hidden layer (default 32). */
  readonly hidden?: number;
  /** Share of hidden entries dropped between layers while training (default 0.5). */
  readonly dropout?: number;
  /** Draws initial weights and dropout. */
  readonly generator: Generator;
}

/** What a training step knows besides the batch. */
export interface TrainingView {
  /** Row of each training node in the batch, int32, shape [n]. */
  readonly rows: Tensor;
  /** Class number of each, int32, shape [n]. */
  readonly targets: Tensor;
  /** Weight of each, shape [n]. */
  readonly weights: Tensor;
  /** Added to their logits, shape [n, classes]; null for nothing. */
  readonly margins: Tensor | null;
  readonly nodeLoss: NodeLoss;
}

/** A network from a batch to logits of all its nodes. */
export abstract class GraphModel extends nn.Module {
  readonly _generator: Generator;
  readonly _dropout: number;

  constructor({ generator, dropout: rate = 0.5 }: ModelSizes) {
    super();
    this._generator = generator;
    this._dropout = rate;
  }

  /** @returns shape [nodes, classes] */
  abstract forward(batch: GraphBatch): Tensor;

  /** (1/n)·Σ w_v·loss_v over the training nodes, a scalar. */
  trainingLoss(batch: GraphBatch, view: TrainingView): Tensor {
    const { rows, targets, weights, margins, nodeLoss } = view;
    const logits = this.forward(batch).indexSelect(0, rows);
    const losses = nodeLoss(margins ? logits.add(margins) : logits, targets);
    return losses.mul(weights).mean();
  }

  /** ReLU, and dropout while training: what stands between two layers. */
  protected activate(x: Tensor): Tensor {
    const { training, _generator: generator } = this;
    return dropout(relu(x), this._dropout, { training, generator });
  }
}

/** Hidden rows as the input of a layer. */
export const rowsOf =
  (x: Tensor): Multiply =>
  (weight) =>
    x.matmul(weight);
