import { type Generator, nn, type Tensor } from "@deepgrain/tensor-gpu";
import { having } from "../../errors";
import type { Multiply } from "../data/feature-product";
import type { GraphBatch } from "../data/graph-batch";
import { propagate } from "../data/operator";
import { glorot, zeroBias } from "../layers/glorot";
import { GraphModel, type ModelSizes, rowsOf } from "./graph-model";

/** Θ₀·h + Θ₁·L̃·h + b with L̃ = −D^(−1/2)·A·D^(−1/2): Chebyshev polynomials up to degree 1 (K = 2). */
export class ChebLayer extends nn.Module {
  static override readonly name: string = "ChebLayer";
  constant: Tensor;
  linear: Tensor;
  bias: Tensor;

  constructor(inputs: number, outputs: number, generator: Generator) {
    super();
    this.constant = glorot(inputs, outputs, generator);
    this.linear = glorot(inputs, outputs, generator);
    this.bias = zeroBias(outputs);
  }

  /** @returns shape [nodes, outputs] */
  forward(input: Multiply, { laplacian }: GraphBatch): Tensor {
    return input(this.constant)
      .add(propagate(laplacian, input(this.linear)))
      .add(this.bias);
  }
}

/** ChebNet of two layers, K = 2. @see Defferrard, Bresson, Vandergheynst 2016, equation 4 */
export class ChebNet extends GraphModel {
  first: ChebLayer;
  second: ChebLayer;

  constructor(sizes: ModelSizes) {
    super(having("ChebNet", "sizes", sizes, "features", "classes", "generator"));
    const { features, classes, hidden = 32, generator } = sizes;
    this.first = new ChebLayer(features, hidden, generator);
    this.second = new ChebLayer(hidden, classes, generator);
  }

  override forward(batch: GraphBatch): Tensor {
    const hidden = this.activate(this.first.forward(batch.times, batch));
    return this.second.forward(rowsOf(hidden), batch);
  }
}
