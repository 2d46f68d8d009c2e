import type { Tensor } from "@deepgrain/tensor-gpu";
import type { GraphBatch } from "../data/graph-batch";
import { disposeOperator, type Operator, propagate } from "../data/operator";
import { glorot, zeroBias } from "../layers/glorot";
import { GraphModel, type ModelSizes } from "./graph-model";

/** A perceptron per node: the first stage of models that predict first and then propagate. */
abstract class PredictThenPropagate extends GraphModel {
  first: Tensor;
  firstBias: Tensor;
  second: Tensor;
  secondBias: Tensor;

  constructor(sizes: ModelSizes) {
    super(sizes);
    const { features, classes, hidden = 32, generator } = sizes;
    this.first = glorot(features, hidden, generator);
    this.firstBias = zeroBias(hidden);
    this.second = glorot(hidden, classes, generator);
    this.secondBias = zeroBias(classes);
  }

  /** Logits of each node from its own features, shape [nodes, classes]. */
  protected predict(batch: GraphBatch): Tensor {
    const hidden = this.activate(batch.times(this.first).add(this.firstBias));
    return hidden.matmul(this.second).add(this.secondBias);
  }
}

/**
 * APPNP: repeats `steps` times Z := (1 − restart)·Â·Z + restart·H from Z = H, H the perceptron's logits.
 * @see Klicpera, Bojchevski, Günnemann 2019, equation 4
 */
export class Appnp extends PredictThenPropagate {
  readonly _restart: number;
  readonly _steps: number;

  constructor(
    sizes: ModelSizes & {
      readonly restart?: number | undefined;
      readonly steps?: number | undefined;
    },
  ) {
    super(sizes);
    this._restart = sizes.restart ?? 0.15;
    this._steps = sizes.steps ?? 10;
  }

  override forward(batch: GraphBatch): Tensor {
    const start = this.predict(batch);
    const returned = start.mul(this._restart);
    let z = start;
    for (let step = 0; step < this._steps; step++)
      z = propagate(batch.gcn, z)
        .mul(1 - this._restart)
        .add(returned);
    return z;
  }
}

/**
 * PPNP: P·H with the exact influence matrix of `influenceOperator`, which several models may share.
 * @see Klicpera, Bojchevski, Günnemann 2019, equation 3
 */
export class Ppnp extends PredictThenPropagate {
  constructor(
    sizes: ModelSizes,
    private readonly _influence: Operator,
    /** Whether `dispose()` frees the influence matrix too (default: the caller does). */
    private readonly _ownsInfluence = false,
  ) {
    super(sizes);
  }

  override forward(batch: GraphBatch): Tensor {
    return propagate(this._influence, this.predict(batch));
  }

  override dispose(): void {
    super.dispose();
    if (this._ownsInfluence) disposeOperator(this._influence);
  }
}
