import { type Csr, csrFromEdges, segmentSum, type Tensor } from "@deepgrain/tensor-gpu";
import type { EdgeBlock } from "./edge-block";
import { type Features, isSparse } from "./features";
import {
  type AttentionPattern,
  attentionPattern,
  disposeCsr,
  disposeOperator,
  gcnOperator,
  held,
  laplacianOperator,
  meanOperator,
  type Operator,
} from "./operator";

/** The input of a layer: features or hidden rows, to be multiplied with a weight of shape [in, out]. */
export type Multiply = (weight: Tensor) => Tensor;

interface FeatureTensors {
  readonly csr: Csr | null;
  readonly values: Tensor | null;
}

function featureTensors(features: Features): FeatureTensors {
  if (!isSparse(features))
    return { csr: null, values: held(features.data, [features.rows, features.cols]) };
  const { rows, cols, rowOffsets, colIndices, values } = features;
  const owner = new Int32Array(colIndices.length);
  for (let r = 0; r < rows; r++) owner.fill(r, rowOffsets[r]!, rowOffsets[r + 1]!);
  const { order, ...csr } = csrFromEdges(owner, colIndices, rows, cols);
  return { csr, values: values ? held(Float32Array.from(order, (e) => values[e]!)) : null };
}

/** The nodes on which a loss is computed. */
interface LossRows {
  /** Their rows of the GCN's operator, ascending, each once. */
  readonly gcn: Operator;
  /** Position in these rows of each node of the loss, int32, shape [n]. */
  readonly places: Tensor;
}

/** Features and edges of one batch as tensors. Sparse matrices are created on first use. */
export class GraphBatch {
  private readonly features: FeatureTensors;
  private made: {
    gcn?: Operator;
    mean?: Operator;
    laplacian?: Operator;
    attention?: AttentionPattern;
    loss?: LossRows;
  } = {};

  private lossNodes: Int32Array | null = null;

  constructor(
    private readonly block: EdgeBlock,
    features: Features,
  ) {
    this.features = featureTensors(features);
  }

  get size(): number {
    return this.block.size;
  }

  /** features · weight: for sparse features, the sum of the weight's rows selected by a node's entries. */
  readonly times: Multiply = (weight) => {
    const { csr, values } = this.features;
    return csr ? segmentSum(weight, csr, values) : values!.matmul(weight);
  };

  get gcn(): Operator {
    this.made.gcn ??= gcnOperator(this.block);
    return this.made.gcn;
  }

  get mean(): Operator {
    this.made.mean ??= meanOperator(this.block);
    return this.made.mean;
  }

  get laplacian(): Operator {
    this.made.laplacian ??= laplacianOperator(this.block);
    return this.made.laplacian;
  }

  get attention(): AttentionPattern {
    this.made.attention ??= attentionPattern(this.block);
    return this.made.attention;
  }

  /** Declares that losses use these nodes only, so that last layers need not compute the other rows. */
  restrictTo(nodes: Int32Array): void {
    this.lossNodes = nodes;
  }

  /** The rows that models compute for the nodes of the loss; null where `restrictTo` was not called. */
  get lossRows(): LossRows | null {
    const { lossNodes: nodes, block } = this;
    if (!nodes) return null;
    if (!this.made.loss) {
      const rows = Int32Array.from(new Set(nodes)).sort();
      const place = new Map(Array.from(rows, (node, r) => [node, r]));
      const places = held(nodes.map((node) => place.get(node)!));
      this.made.loss = { gcn: gcnOperator(block, rows), places };
    }
    return this.made.loss;
  }

  dispose(): void {
    const { gcn, mean, laplacian, attention, loss } = this.made;
    if (loss) {
      disposeOperator(loss.gcn);
      loss.places.dispose();
    }
    for (const operator of [gcn, mean, laplacian]) if (operator) disposeOperator(operator);
    if (attention) {
      disposeCsr(attention.csr);
      attention.receivers.dispose();
    }
    if (this.features.csr) disposeCsr(this.features.csr);
    this.features.values?.dispose();
    this.made = {};
  }
}
