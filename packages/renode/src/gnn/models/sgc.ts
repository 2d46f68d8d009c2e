import type { Tensor } from "@deepgrain/tensor-gpu";
import type { GraphBatch } from "../data/graph-batch";
import { propagate } from "../data/operator";
import { glorot, zeroBias } from "../layers/glorot";
import { GraphModel, type ModelSizes } from "./graph-model";

/**
 * Simple graph convolution: Â²·X·Θ + b, without a hidden layer. The product with Θ comes first: X is sparse and Θ narrow, so
 * this is less work than computing Â²·X first.
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

  override forward({ gcn, times }: GraphBatch): Tensor {
    return propagate(gcn, propagate(gcn, times(this.weight))).add(this.bias);
  }

  protected override logitsAt(batch: GraphBatch, rows: Tensor): Tensor {
    const { lossField: field } = batch;
    if (!field) return super.logitsAt(batch, rows);
    const once = propagate(field.first, field.features.times(this.weight));
    return propagate(field.second, once).add(this.bias).indexSelect(0, field.places);
  }
}
