import {
  type ConvTransposeOptions,
  convTranspose2d,
  convTransposeSettings,
} from "../ops/conv-transpose";
import type { Pair } from "../ops/windows";
import type { Tensor } from "../tensor/tensor";
import { ConvLayer, type ConvLayerOptions } from "./conv-layer";

const name = "ConvTranspose2d";

/** Transposed convolution over images [batch, channels, height, width]; weight [in, out / groups, kh, kw]. */
export class ConvTranspose2d extends ConvLayer<ConvTransposeOptions> {
  static override readonly name: string = name;

  /** @throws {TensorError} `ERR_RANGE` for sizes or settings out of range, or groups that do not divide both channels */
  constructor(
    inChannels: number,
    outChannels: number,
    kernel: Pair,
    given: ConvLayerOptions<ConvTransposeOptions> = {},
  ) {
    const channels = { in: inChannels, out: outChannels };
    super({ name, channels, kernel, given, settings: convTransposeSettings, isTransposed: true });
  }

  /** @param x shape [batch, in, height, width] @returns shape [batch, out, outHeight, outWidth] */
  forward(x: Tensor): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this._options);
  }
}
