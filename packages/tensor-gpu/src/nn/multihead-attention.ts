import { fail, optionsOf, refuseUnknown } from "../errors";
import { scaledDotProductAttention } from "../ops/attention";
import { zeros } from "../ops/create";
import { linear } from "../ops/matmul";
import { assertFloat } from "../ops/operands";
import { narrow, reshape } from "../ops/shape-ops";
import { shapeError } from "../ops/support";
import { type Generator, rand } from "../random";
import { assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { Linear } from "./layers";
import { Module, parameter } from "./module";

/** Options of a {@link MultiheadAttention}. */
export interface MultiheadAttentionOptions {
  /** Whether the projections have biases. Default true. */
  bias?: boolean | undefined;
  /** Draws the initial weights; default: the package's generator. */
  generator?: Generator | undefined;
}

/** What queries see. */
export interface AttendOptions {
  /** Query i sees keys j ≤ i + (keys − queries): the last query sees all keys. Default false. */
  isCausal?: boolean | undefined;
  /** [batch, keys] int32 or bool; 0 hides a key. Default: all are seen. */
  keyMask?: Tensor | null | undefined;
}

/**
 * Attention of several heads between projections, PyTorch's layer with `batch_first=True` and without dropout. Its tensors
 * have PyTorch's names and shapes, `in_proj_weight` [3·width, width] among them, so that its state dicts load.
 *
 * @see Vaswani et al. 2017, section 3.2.2
 */
export class MultiheadAttention extends Module {
  static override readonly name: string = "MultiheadAttention";
  in_proj_weight: Tensor;
  in_proj_bias: Tensor | null;
  out_proj: Linear;
  private readonly _heads: number;

  /**
   * @param width size of queries, keys, values and results (PyTorch's `embed_dim`), a multiple of `heads`
   * @throws {TensorError} `ERR_RANGE`, `ERR_ARGUMENT`
   */
  constructor(width: number, heads: number, options: MultiheadAttentionOptions = {}) {
    const { bias = true, generator, ...rest } = optionsOf("MultiheadAttention", options);
    refuseUnknown("MultiheadAttention", rest);
    super();
    assertWhole("MultiheadAttention", "width", width, { least: 1 });
    assertWhole("MultiheadAttention", "heads", heads, { least: 1 });
    if (width % heads !== 0)
      fail("ERR_RANGE", `MultiheadAttention: ${heads} heads must divide the width ${width}`);
    const bound = Math.sqrt(6 / (width + 3 * width)); // Glorot and Bengio 2010, equation 16
    this.in_proj_weight = parameter(
      rand([3 * width, width], { low: -bound, high: bound, generator }),
    );
    this.in_proj_bias = bias ? parameter(zeros([3 * width])) : null;
    this.out_proj = new Linear(width, width, { bias, generator });
    this.out_proj.bias?.fill_(0);
    this._heads = heads;
  }

  /**
   * @param query shape [batch, queries, width]
   * @param key shape [batch, keys, width]; default: the query
   * @param value shape [batch, keys, width]; default: the key
   * @returns shape [batch, queries, width]
   * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT`
   */
  forward(query: Tensor, key = query, value = key, options: AttendOptions = {}): Tensor {
    const { isCausal, keyMask, ...rest } = optionsOf("MultiheadAttention", options);
    refuseUnknown("MultiheadAttention", rest);
    assertFloat("MultiheadAttention", query, key, value);
    const width = this.out_proj.weight.shape[0]!;
    for (const x of [query, key, value])
      if (x.rank !== 3 || x.shape[2] !== width)
        shapeError("MultiheadAttention", `inputs must be [batch, length, ${width}]`, x.shape);
    const [q, k, v] = this.project(query, key, value).map((x) =>
      reshape(x, [x.shape[0]!, x.shape[1]!, this._heads, width / this._heads]),
    ) as [Tensor, Tensor, Tensor];
    const mixed = scaledDotProductAttention(q, k, v, { isCausal, keyMask });
    return this.out_proj.forward(reshape(mixed, query.shape));
  }

  private project(...inputs: [query: Tensor, key: Tensor, value: Tensor]): Tensor[] {
    const { in_proj_weight: weight, in_proj_bias: bias } = this;
    const width = weight.shape[1]!;
    const [query] = inputs;
    if (inputs.every((input) => input === query)) {
      const all = linear(query, weight, bias);
      return inputs.map((_, i) => narrow(all, -1, i * width, width));
    }
    return inputs.map((input, i) =>
      linear(input, narrow(weight, 0, i * width, width), bias && narrow(bias, 0, i * width, width)),
    );
  }
}
