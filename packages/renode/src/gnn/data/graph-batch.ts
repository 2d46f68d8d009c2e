import { having } from "../../errors";
import type { EdgeBlock } from "./edge-block";
import { type FeatureProduct, featureProduct, type Multiply } from "./feature-product";
import type { Features } from "./features";
import { type LossField, lossField } from "./loss-field";
import {
  type AttentionPattern,
  attentionPattern,
  disposeCsr,
  disposeOperator,
  gcnOperator,
  laplacianOperator,
  meanOperator,
  type Operator,
} from "./operator";

/** Features and edges of one batch as tensors. Sparse matrices are created on first use. */
export class GraphBatch {
  private readonly product: FeatureProduct;
  private made: {
    gcn?: Operator | undefined;
    mean?: Operator | undefined;
    laplacian?: Operator | undefined;
    attention?: AttentionPattern | undefined;
    loss?: LossField | undefined;
  } = {};

  private lossNodes: Int32Array | null = null;

  constructor(
    private readonly block: EdgeBlock,
    private readonly features: Features,
  ) {
    having("GraphBatch", "block", block, "size", "target");
    this.product = featureProduct(features);
  }

  get size(): number {
    return this.block.size;
  }

  /** features · weight: for sparse features, the sum of the weight's rows selected by a node's entries. */
  get times(): Multiply {
    return this.product.times;
  }

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

  /** Declares that losses use these nodes only, so that models need not compute what they do not depend on. */
  restrictTo(nodes: Int32Array): void {
    this.lossNodes = nodes;
  }

  /**
   * The nodes that a network of two propagations computes for the nodes of the loss; null if `restrictTo` was not
   * called.
   */
  get lossField(): LossField | null {
    const { lossNodes: nodes, block, features } = this;
    if (nodes) this.made.loss ??= lossField(block, features, nodes);
    return this.made.loss ?? null;
  }

  dispose(): void {
    const { gcn, mean, laplacian, attention, loss } = this.made;
    loss?.dispose();
    for (const operator of [gcn, mean, laplacian]) if (operator) disposeOperator(operator);
    if (attention) {
      disposeCsr(attention.csr);
      attention.receivers.dispose();
    }
    this.product.dispose();
    this.made = {};
  }
}
