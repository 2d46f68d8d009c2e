import {
  type ConvTransposeOptions,
  convTranspose2d,
  convTransposeSettings,
} from "../ops/conv-transpose";
import type { Tensor } from "../tensor/tensor";
import { type ConvArguments, ConvLayer } from "./conv-layer";

const name = "ConvTranspose2d";

/** Transposed convolution over images [batch, channels, height, width]; weight [in, out / groups, kh, kw]. */
export class ConvTranspose2d extends ConvLayer<ConvTransposeOptions> {
  static override readonly name: string = name;

  /** @throws {TensorError} `ERR_RANGE` for sizes or settings out of range, or groups that do not divide both channels */
  constructor(...given: ConvArguments<ConvTransposeOptions>) {
    super(name, convTransposeSettings, true, given);
  }

  /** @param x shape [batch, in, height, width] @returns shape [batch, out, outHeight, outWidth] */
  forward(x: Tensor): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this._options);
  }
}
