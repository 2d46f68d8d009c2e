import type { Tensor } from "@deepgrain/tensor-gpu";
import type { GraphBatch } from "../data/graph-batch";
import { propagate } from "../data/operator";
import { glorot, zeroBias } from "../layers/glorot";
import { GraphModel, type ModelSizes } from "./graph-model";

/**
 * Simple graph convolution: Â²·X·Θ + b, without hidden layer. The product with Θ comes first: X is sparse and Θ narrow, so
 * that is less work than a table of Â²·X.
 * @see Wu et al. 2019, equation 8
 */
export class Sgc extends GraphModel {
  weight: Tensor;
  bias: Tensor;

  constructor(sizes: ModelSizes) {
    super(sizes);
    this.weight = glorot(sizes.features, sizes.classes, sizes.generator);
    this.bias = zeroBias(sizes.classes);
  }

  override forward(batch: GraphBatch): Tensor {
    const once = propagate(batch.gcn, batch.times(this.weight));
    return propagate(batch.gcn, once).add(this.bias);
  }
}
