import { type Generator, nn, type Tensor } from "@deepgrain/tensor-gpu";
import type { Multiply } from "../data/feature-product";
import type { GraphBatch } from "../data/graph-batch";
import { type Operator, propagate } from "../data/operator";
import { glorot, zeroBias } from "../layers/glorot";
import { GraphModel, type ModelSizes, rowsOf } from "./graph-model";

/** Θ₁·(mean of h over the neighbours) + Θ₂·h + b. @see Hamilton, Ying, Leskovec 2017, section 3.1 */
export class SageLayer extends nn.Module {
  static override readonly name: string = "SageLayer";
  neighbours: Tensor;
  own: Tensor;
  bias: Tensor;

  constructor(inputs: number, outputs: number, generator: Generator) {
    super();
    this.neighbours = glorot(inputs, outputs, generator);
    this.own = glorot(inputs, outputs, generator);
    this.bias = zeroBias(outputs);
  }

  /** @returns shape [nodes, outputs] */
  forward(input: Multiply, mean: Operator): Tensor {
    return propagate(mean, input(this.neighbours)).add(input(this.own)).add(this.bias);
  }
}

/** GraphSAGE with mean aggregation, two layers. */
export class GraphSage extends GraphModel {
  first: SageLayer;
  second: SageLayer;

  constructor(sizes: ModelSizes) {
    super(sizes);
    const { features, classes, hidden = 32, generator } = sizes;
    this.first = new SageLayer(features, hidden, generator);
    this.second = new SageLayer(hidden, classes, generator);
  }

  override forward(batch: GraphBatch): Tensor {
    const hidden = this.activate(this.first.forward(batch.times, batch.mean));
    return this.second.forward(rowsOf(hidden), batch.mean);
  }
}
