import { type Generator, nn, type Tensor } from "@deepgrain/tensor-gpu";
import { having } from "../../errors";
import type { Multiply } from "../data/feature-product";
import type { GraphBatch } from "../data/graph-batch";
import { type Operator, propagate } from "../data/operator";
import { glorot, zeroBias } from "../layers/glorot";
import { GraphModel, type ModelSizes, rowsOf } from "./graph-model";

/** Â·H·Θ + b. @see Kipf and Welling 2017, equation 2 */
export class GcnLayer extends nn.Module {
  static override readonly name: string = "GcnLayer";
  weight: Tensor;
  bias: Tensor;

  constructor(inputs: number, outputs: number, generator: Generator) {
    super();
    this.weight = glorot(inputs, outputs, generator);
    this.bias = zeroBias(outputs);
  }

  /** @returns shape [rows of the operator, outputs] */
  forward(input: Multiply, operator: Operator): Tensor {
    return propagate(operator, input(this.weight)).add(this.bias);
  }

  /** The same of hidden rows, summed before the product: less work for an operator of few rows. */
  ofSums(hidden: Tensor, operator: Operator): Tensor {
    return propagate(operator, hidden).matmul(this.weight).add(this.bias);
  }
}

/** A graph convolutional network of two layers. @see Kipf and Welling 2017, section 3.1 */
export class Gcn extends GraphModel {
  first: GcnLayer;
  second: GcnLayer;

  constructor(sizes: ModelSizes) {
    super(having("Gcn", "sizes", sizes, "features", "classes", "generator"));
    const { features, classes, hidden = 32, generator } = sizes;
    this.first = new GcnLayer(features, hidden, generator);
    this.second = new GcnLayer(hidden, classes, generator);
  }

  override forward(batch: GraphBatch): Tensor {
    const hidden = this.activate(this.first.forward(batch.times, batch.gcn));
    return this.second.forward(rowsOf(hidden), batch.gcn);
  }

  protected override logitsAt(batch: GraphBatch, rows: Tensor): Tensor {
    const { lossField: field, size } = batch;
    if (!field) return super.logitsAt(batch, rows);
    const first = this.first.forward(field.features.times, field.first);
    const hidden = this.activate(first, { rows: field.near, size });
    return this.second.ofSums(hidden, field.second).indexSelect(0, field.places);
  }
}
