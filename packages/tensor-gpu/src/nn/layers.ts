import { fail, optionsOf, refuseUnknown } from "../errors";
import { where } from "../ops/binary";
import { ones, zeros } from "../ops/create";
import { embedding } from "../ops/indexing";
import { linear } from "../ops/matmul";
import { groupNorm, layerNorm, rmsNorm } from "../ops/norms";
import { assertFloat } from "../ops/operands";
import { dropout, type Generator, rand, randn } from "../random";
import { type Shape, sameShape, showShape } from "../tensor/shape";
import { assertFinite, assertSize, assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { blankWeight } from "./blank-weights";
import { Module, parameter } from "./module";

export interface InitOptions {
  /** Draws the initial weights; default: the package's generator. */
  generator?: Generator | undefined;
  /**
   * Creates the initial weight, then the bias where there is one, instead of the layer's own rule (and its generator):
   * returns a new float32 tensor of the given shape, which becomes the parameter.
   */
  init?: ((shape: Shape) => Tensor) | undefined;
  /** Whether the weight stays float32 where a model is built with a compact type; see `withBlankWeights`. Default false. */
  staysFloat32?: boolean | undefined;
}

/** The tensor that `init` returns, checked. @throws {TensorError} `ERR_ARGUMENT`, `ERR_SHAPE`, `ERR_DTYPE` */
function initial(layer: string, shape: Shape, init: (shape: Shape) => Tensor): Tensor {
  const weight = init(shape);
  assertFloat(`${layer} init`, weight);
  if (!sameShape(weight.shape, shape))
    fail(
      "ERR_SHAPE",
      `${layer}: init must return a tensor of shape ${showShape(shape)}, got ${showShape(weight.shape)}`,
      { shape: weight.shape, expected: shape },
    );
  return parameter(weight.contiguous());
}

/** Uniform in ±1/√fanIn, PyTorch's default for linear and convolution layers, unless `init` is given. */
export const uniformFanIn = (
  layer: string,
  shape: Shape,
  fanIn: number,
  { init, staysFloat32 = false, generator }: InitOptions,
): Tensor => {
  const blank = blankWeight(shape, { staysFloat32 });
  if (blank) return blank;
  if (init) return initial(layer, shape, init);
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  return parameter(rand(shape, { low: -bound, high: bound, generator }));
};

/** y = x·weightᵀ + bias; weight [out, in], initialised uniformly in ±1/√in. */
export class Linear extends Module {
  static override readonly name: string = "Linear";
  weight: Tensor;
  bias: Tensor | null;

  constructor(
    inFeatures: number,
    outFeatures: number,
    options: InitOptions & { bias?: boolean | undefined } = {},
  ) {
    const { bias = true, generator, init, staysFloat32, ...rest } = optionsOf("Linear", options);
    refuseUnknown("Linear", rest);
    super();
    assertSize("Linear", "inFeatures", inFeatures);
    assertSize("Linear", "outFeatures", outFeatures);
    const own = { generator, init, staysFloat32 };
    this.weight = uniformFanIn("Linear", [outFeatures, inFeatures], inFeatures, own);
    this.bias = bias ? uniformFanIn("Linear", [outFeatures], inFeatures, own) : null;
  }

  /** @param x shape [..., in] @returns shape [..., out] */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}

/** Options of an {@link Embedding}. */
export interface EmbeddingOptions extends InitOptions {
  /** Standard deviation of the initial weights. Default 1. */
  std?: number | undefined;
  /** Id whose row gets no gradient from lookups, as PyTorch's `padding_idx`. Default none. */
  paddingId?: number | null | undefined;
}

/** A table of rows looked up by int32 ids; initialised with normal weights. */
export class Embedding extends Module {
  static override readonly name: string = "Embedding";
  weight: Tensor;
  /** Id whose row gets no gradient from lookups; null for none. */
  readonly paddingId: number | null;

  constructor(vocabulary: number, width: number, given: EmbeddingOptions = {}) {
    const {
      std = 1,
      init,
      paddingId = null,
      staysFloat32 = false,
      generator,
      ...rest
    } = optionsOf("Embedding", given);
    refuseUnknown("Embedding", rest);
    super();
    assertSize("Embedding", "vocabulary", vocabulary);
    assertSize("Embedding", "width", width);
    if (paddingId !== null)
      assertWhole("Embedding", "paddingId", paddingId, { most: vocabulary - 1 });
    this.paddingId = paddingId;
    const shape = [vocabulary, width];
    this.weight =
      blankWeight(shape, { staysFloat32 }) ??
      (init ? initial("Embedding", shape, init) : parameter(randn(shape, { std, generator })));
  }

  /** @param ids int32 [...] @returns shape [..., width] */
  forward(ids: Tensor): Tensor {
    const rows = embedding(this.weight, ids);
    if (this.paddingId === null) return rows;
    return where(ids.eq(this.paddingId).unsqueeze(-1), rows.detach(), rows);
  }
}

/** Root-mean-square norm over the last axis, eps 1e-6. */
export class RMSNorm extends Module {
  static override readonly name: string = "RMSNorm";
  weight: Tensor;

  constructor(
    width: number,
    /** Added to the mean square. */
    readonly eps = 1e-6,
  ) {
    super();
    assertSize("RMSNorm", "width", width);
    assertFinite("RMSNorm", "eps", eps, { least: 0 });
    this.weight = parameter(ones([width]));
  }

  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, { eps: this.eps });
  }
}

/** Layer norm over the last axis, eps 1e-5. */
export class LayerNorm extends Module {
  static override readonly name: string = "LayerNorm";
  weight: Tensor;
  bias: Tensor | null;

  constructor(
    width: number,
    /** Added to the variance. */
    readonly eps = 1e-5,
    options: { bias?: boolean | undefined } = {},
  ) {
    const { bias = true, ...rest } = optionsOf("LayerNorm", options);
    refuseUnknown("LayerNorm", rest);
    super();
    assertSize("LayerNorm", "width", width);
    assertFinite("LayerNorm", "eps", eps, { least: 0 });
    this.weight = parameter(ones([width]));
    this.bias = bias ? parameter(zeros([width])) : null;
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, { eps: this.eps });
  }
}

/** Group norm over images [batch, channels, ...], eps 1e-5. */
export class GroupNorm extends Module {
  static override readonly name: string = "GroupNorm";
  weight: Tensor;
  bias: Tensor;

  constructor(
    private readonly groups: number,
    channels: number,
    readonly eps = 1e-5,
  ) {
    super();
    assertWhole("GroupNorm", "groups", groups, { least: 1 });
    assertSize("GroupNorm", "channels", channels);
    assertFinite("GroupNorm", "eps", eps, { least: 0 });
    if (channels % groups !== 0)
      fail("ERR_RANGE", `GroupNorm: ${groups} groups must divide ${channels} channels`);
    this.weight = parameter(ones([channels]));
    this.bias = parameter(zeros([channels]));
  }

  forward(x: Tensor): Tensor {
    return groupNorm(x, this.groups, this.weight, this.bias, { eps: this.eps });
  }
}

/** Zeroes elements with probability p while training. */
export class Dropout extends Module {
  static override readonly name: string = "Dropout";
  constructor(
    private readonly p: number,
    private readonly _options: Pick<InitOptions, "generator"> = {},
  ) {
    const { generator: _, ...rest } = optionsOf("Dropout", _options);
    refuseUnknown("Dropout", rest);
    super();
    assertFinite("Dropout", "p", p, { least: 0, most: 1, below: true });
  }

  forward(x: Tensor): Tensor {
    return dropout(x, this.p, { training: this.training, ...this._options });
  }
}
