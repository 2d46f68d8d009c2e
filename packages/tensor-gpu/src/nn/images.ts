import { noGrad } from "../autograd/track";
import { optionsOf, refuseUnknown } from "../errors";
import { normalizeBatch, normalizeBy } from "../ops/batch-norm";
import { ones, zeros } from "../ops/create";
import { avgPool2d, conv2d, maxPool2d } from "../ops/images";
import type { ConvOptions, Pair, PoolOptions } from "../ops/windows";
import { convSettings, poolSettings } from "../ops/windows";
import { assertFinite, assertSize } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { type ConvArguments, ConvLayer } from "./conv-layer";
import { buffer, Module, parameter } from "./module";

/** Convolution over images [batch, channels, height, width]; weight [out, in / groups, kh, kw]. */
export class Conv2d extends ConvLayer<ConvOptions> {
  static override readonly name: string = "Conv2d";

  /** @throws {TensorError} `ERR_RANGE` for sizes or settings out of range, or groups that do not divide both channels */
  constructor(...given: ConvArguments<ConvOptions>) {
    super("Conv2d", convSettings, false, given);
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
  static override readonly name: string = "BatchNorm";
  weight: Tensor;
  bias: Tensor;
  runningMean: Tensor;
  runningVar: Tensor;
  private readonly _settings: { readonly eps: number; readonly momentum: number };

  constructor(
    channels: number,
    options: { eps?: number | undefined; momentum?: number | undefined } = {},
  ) {
    const { eps = 1e-5, momentum = 0.1, ...rest } = optionsOf("BatchNorm", options);
    refuseUnknown("BatchNorm", rest);
    super();
    assertSize("BatchNorm", "channels", channels);
    assertFinite("BatchNorm", "eps", eps, { least: 0 });
    assertFinite("BatchNorm", "momentum", momentum, { least: 0, most: 1 });
    this._settings = { eps, momentum };
    this.weight = parameter(ones([channels]));
    this.bias = parameter(zeros([channels]));
    this.runningMean = buffer(zeros([channels]));
    this.runningVar = buffer(ones([channels]));
  }

  /** @param x shape [batch, channels, ...] */
  forward(x: Tensor): Tensor {
    const { weight, bias } = this;
    const { eps } = this._settings;
    if (!this.training)
      return normalizeBy(x, this.runningMean, this.runningVar, { weight, bias, eps });
    const batch = normalizeBatch(x, weight, bias, eps);
    this.updateStatistics(batch.mean, batch.variance, x.size / x.shape[1]!);
    return batch.out;
  }

  /** running ← (1 − momentum)·running + momentum·batch; the stored variance is the unbiased one. */
  private updateStatistics(centre: Tensor, spread: Tensor, count: number): void {
    const { momentum } = this._settings;
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
  static override readonly name: string = "MaxPool2d";
  constructor(
    private readonly kernel: Pair,
    private readonly options: PoolOptions = {},
  ) {
    super();
    poolSettings("MaxPool2d", kernel, optionsOf("MaxPool2d", options));
  }

  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernel, this.options);
  }
}

/** The mean of each window. */
export class AvgPool2d extends Module {
  static override readonly name: string = "AvgPool2d";
  constructor(
    private readonly kernel: Pair,
    private readonly options: PoolOptions & { countIncludePad?: boolean | undefined } = {},
  ) {
    const { countIncludePad: _, ...windows } = optionsOf("AvgPool2d", options);
    super();
    poolSettings("AvgPool2d", kernel, windows);
  }

  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernel, this.options);
  }
}
