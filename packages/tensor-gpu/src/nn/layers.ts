import { TensorError } from "../errors";
import { ones, zeros } from "../ops/create";
import { embedding } from "../ops/indexing";
import { linear } from "../ops/matmul";
import { groupNorm, layerNorm, rmsNorm } from "../ops/rows";
import { dropout, type Generator, rand, randn } from "../random";
import { assertFinite, assertSize, assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { Module, parameter } from "./module";

export interface InitOptions {
  /** Draws the initial weights; default: the package's generator. */
  generator?: Generator;
}

/** Uniform in ±1/√fanIn: PyTorch's default for linear and convolution layers. */
export const uniformFanIn = (
  shape: readonly number[],
  fanIn: number,
  options: InitOptions,
): Tensor => {
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  return parameter(rand(shape, { low: -bound, high: bound, ...options }));
};

/** y = x·weightᵀ + bias; weight [out, in], uniform in ±1/√in at first. */
export class Linear extends Module {
  weight: Tensor;
  bias: Tensor | null;

  constructor(
    inFeatures: number,
    outFeatures: number,
    { bias = true, ...init }: InitOptions & { bias?: boolean } = {},
  ) {
    super();
    assertSize("Linear", "inFeatures", inFeatures);
    assertSize("Linear", "outFeatures", outFeatures);
    this.weight = uniformFanIn([outFeatures, inFeatures], inFeatures, init);
    this.bias = bias ? uniformFanIn([outFeatures], inFeatures, init) : null;
  }

  /** @param x shape [..., in] @returns shape [..., out] */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}

/** A table of rows looked up by int32 ids; normal weights at first. */
export class Embedding extends Module {
  weight: Tensor;

  constructor(
    vocabulary: number,
    width: number,
    { std = 1, ...init }: InitOptions & { std?: number } = {},
  ) {
    super();
    assertSize("Embedding", "vocabulary", vocabulary);
    assertSize("Embedding", "width", width);
    this.weight = parameter(randn([vocabulary, width], { std, ...init }));
  }

  /** @param ids int32 [...] @returns shape [..., width] */
  forward(ids: Tensor): Tensor {
    return embedding(this.weight, ids);
  }
}

/** Root-mean-square norm over the last axis, eps 1e-6. */
export class RMSNorm extends Module {
  weight: Tensor;

  constructor(
    width: number,
    private readonly eps = 1e-6,
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
  weight: Tensor;
  bias: Tensor | null;

  constructor(
    width: number,
    private readonly eps = 1e-5,
    { bias = true }: { bias?: boolean } = {},
  ) {
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
  weight: Tensor;
  bias: Tensor;

  constructor(
    private readonly groups: number,
    channels: number,
    private readonly eps = 1e-5,
  ) {
    super();
    assertWhole("GroupNorm", "groups", groups, { least: 1 });
    assertSize("GroupNorm", "channels", channels);
    assertFinite("GroupNorm", "eps", eps, { least: 0 });
    if (channels % groups !== 0)
      throw new TensorError(
        "ERR_RANGE",
        `tensor-gpu/GroupNorm: ${groups} groups must divide ${channels} channels`,
      );
    this.weight = parameter(ones([channels]));
    this.bias = parameter(zeros([channels]));
  }

  forward(x: Tensor): Tensor {
    return groupNorm(x, this.groups, this.weight, this.bias, { eps: this.eps });
  }
}

/** Zeroes elements with probability p while training. */
export class Dropout extends Module {
  constructor(
    private readonly p: number,
    private readonly _options: InitOptions = {},
  ) {
    super();
    assertFinite("Dropout", "p", p, { least: 0, most: 1, below: true });
  }

  forward(x: Tensor): Tensor {
    return dropout(x, this.p, { training: this.training, ...this._options });
  }
}
