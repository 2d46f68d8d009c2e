import {
  cat,
  type Generator,
  indexSelect,
  leakyRelu,
  nn,
  segmentSoftmax,
  segmentSum,
  type Tensor,
} from "@deepgrain/tensor-gpu";
import type { Multiply } from "../data/feature-product";
import type { GraphBatch } from "../data/graph-batch";
import { glorot, zeroBias } from "../layers/glorot";
import { GraphModel, type ModelSizes, rowsOf } from "./graph-model";

const SLOPE = 0.2;

/**
 * Attention over a node's neighbours and itself, with several concatenated heads:
 * softmax_j LeakyReLU_0.2(a_s·Θh_i + a_t·Θh_j).
 * @see Veličković et al. 2018, equations 1 to 5
 */
export class GatLayer extends nn.Module {
  static override readonly name: string = "GatLayer";
  weight: Tensor;
  /** a_s, shape [heads, width] */
  receiver: Tensor;
  /** a_t, shape [heads, width] */
  sender: Tensor;
  bias: Tensor;

  constructor(
    inputs: number,
    private readonly heads: number,
    private readonly width: number,
    generator: Generator,
  ) {
    super();
    this.weight = glorot(inputs, heads * width, generator);
    this.receiver = glorot(heads, width, generator);
    this.sender = glorot(heads, width, generator);
    this.bias = zeroBias(heads * width);
  }

  /** @returns shape [nodes, heads · width] */
  forward(input: Multiply, { attention: { csr, receivers }, size }: GraphBatch): Tensor {
    const { heads, width } = this;
    const rows = input(this.weight); // [nodes, heads·width]
    const byHead = rows.reshape([size, heads, width]);
    const score = (direction: Tensor) => byHead.mul(direction).sum({ dim: 2 }); // [nodes, heads]
    const scores = indexSelect(score(this.receiver), 0, receivers).add(
      indexSelect(score(this.sender), 0, csr.indices),
    );
    const attention = segmentSoftmax(leakyRelu(scores, SLOPE), csr); // [entries, heads]
    const sums = Array.from({ length: heads }, (_, h) =>
      segmentSum(rows.narrow(1, h * width, width), csr, attention.select(1, h)),
    );
    return cat(sums, 1).add(this.bias);
  }
}

/** A two-layer graph attention network: `heads` heads of width hidden / heads, then a single head. */
export class Gat extends GraphModel {
  first: GatLayer;
  second: GatLayer;

  constructor(sizes: ModelSizes & { readonly heads?: number | undefined }) {
    super(sizes);
    const { features, classes, hidden = 32, heads = 4, generator } = sizes;
    const width = Math.ceil(hidden / heads);
    this.first = new GatLayer(features, heads, width, generator);
    this.second = new GatLayer(heads * width, 1, classes, generator);
  }

  override forward(batch: GraphBatch): Tensor {
    const hidden = this.activate(this.first.forward(batch.times, batch));
    return this.second.forward(rowsOf(hidden), batch);
  }
}
