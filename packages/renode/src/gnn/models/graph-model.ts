import { dropout, type Generator, nn, relu, type Tensor } from "@deepgrain/tensor-gpu";
import type { Multiply } from "../data/feature-product";
import type { GraphBatch } from "../data/graph-batch";
import type { NodeLoss } from "../losses/node-losses";
import { type ComputedRows, type DropoutMasks, drawMask } from "./dropout-masks";

export interface ModelSizes {
  /** Number of feature columns. */
  readonly features: number;
  readonly classes: number;
  /** Width of the hidden layer (default 32). */
  readonly hidden?: number | undefined;
  /** Share of hidden entries dropped between layers while training (default 0.5). */
  readonly dropout?: number | undefined;
  /** Generator for initial weights and dropout. */
  readonly generator: Generator;
}

/** The inputs of a training step besides the batch. */
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
  /** Used where steps are replayed: dropout with masks that are drawn outside the step. */
  _masks: DropoutMasks | null = null;

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
    const logits = this.logitsAt(batch, rows);
    const losses = nodeLoss(margins ? logits.add(margins) : logits, targets);
    return losses.mul(weights).mean();
  }

  /**
   * Logits of the training nodes, shape [n, classes]. Models of two propagations compute only what these depend on, where the
   * batch knows it (`lossField`).
   */
  protected logitsAt(batch: GraphBatch, rows: Tensor): Tensor {
    return this.forward(batch).indexSelect(0, rows);
  }

  /** ReLU, and dropout during training: applied between two layers. @param computed the rows of `x`; default all */
  protected activate(x: Tensor, computed?: ComputedRows): Tensor {
    const { training, _generator: generator, _dropout: rate, _masks: masks } = this;
    const draw = { rate, generator, computed };
    if (training && masks) return masks.apply(relu(x), draw);
    if (!training || rate === 0 || !computed)
      return dropout(relu(x), rate, { training, generator });
    return relu(x).mul(drawMask({ ...draw, shape: x.shape }));
  }
}

/** Hidden rows as the input of a layer. */
export const rowsOf =
  (x: Tensor): Multiply =>
  (weight) =>
    x.matmul(weight);
