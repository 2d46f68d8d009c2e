import { noGrad } from "../autograd/track";
import { TensorError } from "../errors";
import { knownOptions } from "../known-options";
import { normalizeBatch, normalizeBy } from "../ops/batch-norm";
import { ones, zeros } from "../ops/create";
import {
  avgPool2d,
  type ConvOptions,
  conv2d,
  maxPool2d,
  type Pair,
  type PoolOptions,
} from "../ops/images";
import { convSettings, poolOptionNames, poolSettings } from "../ops/windows";
import { assertFinite, assertSize, assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { type InitOptions, uniformFanIn } from "./layers";
import { buffer, Module, parameter } from "./module";

/** Convolution over images [batch, channels, height, width]; weight [out, in / groups, kh, kw]. */
export class Conv2d extends Module {
  weight: Tensor;
  bias: Tensor | null;
  private readonly _options: ConvOptions;

  constructor(
    inChannels: number,
    outChannels: number,
    kernel: Pair,
    given: ConvOptions & InitOptions & { bias?: boolean } = {},
  ) {
    const {
      bias = true,
      generator,
      init,
      ...options
    } = knownOptions("Conv2d", given, {
      stride: true,
      padding: true,
      dilation: true,
      groups: true,
      generator: true,
      init: true,
      staysFloat32: true,
      bias: true,
    });
    super();
    assertSize("Conv2d", "inChannels", inChannels);
    assertSize("Conv2d", "outChannels", outChannels);
    const settings = convSettings("Conv2d", kernel, options);
    const { kernelHeight: height, kernelWidth: width } = settings;
    const { groups = 1 } = options;
    assertWhole("Conv2d", "groups", groups, { least: 1 });
    if (inChannels % groups !== 0 || outChannels % groups !== 0)
      throw new TensorError(
        "ERR_RANGE",
        `tensor-gpu/Conv2d: ${groups} groups must divide ${inChannels} and ${outChannels} channels`,
      );
    const depth = inChannels / groups;
    const own: InitOptions = { ...(generator && { generator }), ...(init && { init }) };
    const fanIn = depth * height * width;
    this.weight = uniformFanIn("Conv2d", [outChannels, depth, height, width], fanIn, own);
    this.bias = bias ? uniformFanIn("Conv2d", [outChannels], fanIn, own) : null;
    this._options = options;
  }

  forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, this.bias, this._options);
  }
}

/**
 * Normalises each channel over the batch and positions; in evaluation mode, with the running statistics.
 * @see Ioffe and Szegedy 2015, algorithm 1
 */
export class BatchNorm extends Module {
  weight: Tensor;
  bias: Tensor;
  runningMean: Tensor;
  runningVar: Tensor;

  constructor(
    channels: number,
    private readonly options: { eps?: number; momentum?: number } = {},
  ) {
    knownOptions("BatchNorm", options, { eps: true, momentum: true });
    super();
    assertSize("BatchNorm", "channels", channels);
    assertFinite("BatchNorm", "eps", options.eps ?? 0, { least: 0 });
    assertFinite("BatchNorm", "momentum", options.momentum ?? 0, { least: 0, most: 1 });
    this.weight = parameter(ones([channels]));
    this.bias = parameter(zeros([channels]));
    this.runningMean = buffer(zeros([channels]));
    this.runningVar = buffer(ones([channels]));
  }

  /** @param x shape [batch, channels, ...] */
  forward(x: Tensor): Tensor {
    const { weight, bias } = this;
    const { eps = 1e-5 } = this.options;
    if (!this.training)
      return normalizeBy(x, this.runningMean, this.runningVar, { weight, bias, eps });
    const batch = normalizeBatch(x, weight, bias, eps);
    this.updateStatistics(batch.mean, batch.variance, x.size / x.shape[1]!);
    return batch.out;
  }

  /** running ← (1 − momentum)·running + momentum·batch; the stored variance is the unbiased one. */
  private updateStatistics(centre: Tensor, spread: Tensor, count: number): void {
    const { momentum = 0.1 } = this.options;
    const blend = (running: Tensor, batch: Tensor, scale: number) => {
      const { kernels } = running.storage.backend;
      running.storage.noteWrite();
      kernels.addScaled(running, running, -momentum);
      kernels.addScaled(running, batch.contiguous(), momentum * scale);
    };
    noGrad(() => {
      blend(this.runningMean, centre, 1);
      blend(this.runningVar, spread, count / (count - 1));
    });
  }
}

/** The largest value of each window. */
export class MaxPool2d extends Module {
  constructor(
    private readonly kernel: Pair,
    private readonly options: PoolOptions = {},
  ) {
    knownOptions("MaxPool2d", options, poolOptionNames);
    super();
    poolSettings("MaxPool2d", kernel, options);
  }

  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernel, this.options);
  }
}

/** The mean of each window. */
export class AvgPool2d extends Module {
  constructor(
    private readonly kernel: Pair,
    private readonly options: PoolOptions & { countIncludePad?: boolean } = {},
  ) {
    knownOptions("AvgPool2d", options, { stride: true, padding: true, countIncludePad: true });
    super();
    poolSettings("AvgPool2d", kernel, options);
  }

  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernel, this.options);
  }
}
