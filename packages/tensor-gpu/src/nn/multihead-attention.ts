import { optionsOf, refuseUnknown } from "../errors";
import { where } from "../ops/binary";
import { zeros } from "../ops/create";
import { linear } from "../ops/matmul";
import { chunk } from "../ops/shape-ops";
import { softmax } from "../ops/softmax";
import { type Generator, rand } from "../random";
import type { Shape } from "../tensor/shape";
import { assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { Dropout, Linear } from "./layers";
import { Module } from "./module";

const NAME = "MultiheadAttention";

/**
 * concat(softmax(q·kᵀ/√d)·v of each head)·W_O, where one matrix projects queries, keys and values. As PyTorch's layer with
 * `batch_first`; its `in_proj_weight` is `inProj.weight` here.
 * @see Vaswani et al. 2017, section 3.2.2
 */
export class MultiheadAttention extends Module {
  static override readonly name: string = NAME;
  readonly inProj: Linear;
  readonly outProj: Linear;
  readonly dropout: Dropout;

  /**
   * @param options.dropout share of the attention weights that training drops. Default 0
   * @throws {TensorError} `ERR_RANGE` unless `heads` divides `size`
   */
  constructor(
    /** Width of queries, keys and values. */
    readonly size: number,
    readonly heads: number,
    options: {
      bias?: boolean | undefined;
      dropout?: number | undefined;
      generator?: Generator | undefined;
    } = {},
  ) {
    const { bias, dropout = 0, generator, ...rest } = optionsOf(NAME, options);
    refuseUnknown(NAME, rest);
    super();
    assertWhole(NAME, "size", size, { least: 1 });
    assertWhole(NAME, "heads", heads, { least: 1 });
    assertWhole(NAME, "size / heads", size / heads, { least: 1 });
    /** Weights uniform in ±√(factor / size), biases 0. */
    const linearLayer = (width: number, factor: number) => {
      const high = Math.sqrt(factor / size);
      const init = (shape: Shape) =>
        shape[1] ? rand(shape, { low: -high, high, generator }) : zeros(shape);
      return new Linear(size, width, { bias, init });
    };
    this.inProj = linearLayer(3 * size, 1.5); // Xavier's 6 / (in + out)
    this.outProj = linearLayer(size, 1);
    this.dropout = new Dropout(dropout);
  }

  /** [batch, length, size] -> [batch, heads, length, d], projected as query (0), key (1) or value (2). */
  private project(x: Tensor, part: number): Tensor {
    const { weight, bias } = this.inProj;
    const y = linear(x, chunk(weight, 3, 0)[part]!, bias && chunk(bias, 3)[part]!);
    return y.reshape(x.shape[0]!, -1, this.heads, this.size / this.heads).transpose(1, 2);
  }

  /**
   * The weight of each key for each query.
   * @param query shape [batch, queries, size]
   * @param key shape [batch, keys, size]
   * @param mask as of `forward`
   * @returns shape [batch, heads, queries, keys]; rows add up to 1, or are 0 where all keys are hidden
   */
  weights(query: Tensor, key: Tensor = query, mask?: Tensor | null): Tensor {
    const q = this.project(query, 0).mul(Math.sqrt(this.heads / this.size));
    const scores = q.matmul(this.project(key, 1).transpose());
    if (!mask) return softmax(scores);
    return where(mask, softmax(where(mask, scores, -1e30)), 0);
  }

  /**
   * @param query shape [batch, queries, size]
   * @param key shape [batch, keys, size]; default: the queries
   * @param value shape [batch, keys, size]; default: the keys
   * @param mask bool, broadcast to [batch, heads, queries, keys]; false hides a key from a query. So that no token sees a later
   *   one: `arange(n).unsqueeze(1).ge(arange(n))`
   * @returns shape [batch, queries, size]
   */
  forward(query: Tensor, key = query, value = key, mask?: Tensor | null): Tensor {
    const weights = this.dropout.forward(this.weights(query, key, mask));
    const heads = weights.matmul(this.project(value, 2)).transpose(1, 2);
    return this.outProj.forward(heads.reshape(query.shape));
  }
}
