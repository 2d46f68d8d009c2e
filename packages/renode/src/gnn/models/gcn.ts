import { type Generator, nn, type Tensor } from "@deepgrain/tensor-gpu";
import type { GraphBatch, Multiply } from "../data/graph-batch";
import { propagate } from "../data/operator";
import { glorot, zeroBias } from "../layers/glorot";
import { GraphModel, type ModelSizes, rowsOf } from "./graph-model";

/** Â·H·Θ + b. @see Kipf and Welling 2017, equation 2 */
export class GcnLayer extends nn.Module {
  weight: Tensor;
  bias: Tensor;

  constructor(inputs: number, outputs: number, generator: Generator) {
    super();
    this.weight = glorot(inputs, outputs, generator);
    this.bias = zeroBias(outputs);
  }

  /** @returns shape [rows of the operator, outputs] */
  forward(input: Multiply, { gcn }: Pick<GraphBatch, "gcn">): Tensor {
    return propagate(gcn, input(this.weight)).add(this.bias);
  }
}

/** A graph convolutional network of two layers. @see Kipf and Welling 2017, section 3.1 */
export class Gcn extends GraphModel {
  first: GcnLayer;
  second: GcnLayer;

  constructor(sizes: ModelSizes) {
    super(sizes);
    const { features, classes, hidden = 32, generator } = sizes;
    this.first = new GcnLayer(features, hidden, generator);
    this.second = new GcnLayer(hidden, classes, generator);
  }

  override forward(batch: GraphBatch): Tensor {
    return this.second.forward(rowsOf(this.hidden(batch)), batch);
  }

  protected override logitsAt(batch: GraphBatch, rows: Tensor): Tensor {
    const { lossRows } = batch;
    if (!lossRows) return super.logitsAt(batch, rows);
    const logits = this.second.forward(rowsOf(this.hidden(batch)), lossRows);
    return logits.indexSelect(0, lossRows.places);
  }

  private hidden(batch: GraphBatch): Tensor {
    return this.activate(this.first.forward(batch.times, batch));
  }
}
