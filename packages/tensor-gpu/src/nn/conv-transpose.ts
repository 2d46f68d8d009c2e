import { optionsOf, refuseUnknown, TensorError } from "../errors";
import {
  type ConvTransposeOptions,
  convTranspose2d,
  convTransposeSettings,
} from "../ops/conv-transpose";
import type { Pair } from "../ops/windows";
import { assertSize, assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { type InitOptions, uniformFanIn } from "./layers";
import { Module } from "./module";

/** Transposed convolution over images [batch, channels, height, width]; weight [in, out / groups, kh, kw]. */
export class ConvTranspose2d extends Module {
  static override readonly name: string = "ConvTranspose2d";
  weight: Tensor;
  bias: Tensor | null;
  private readonly _options: ConvTransposeOptions;

  /** @throws {TensorError} `ERR_RANGE` for sizes or settings out of range, or groups that do not divide both channels */
  constructor(
    inChannels: number,
    outChannels: number,
    kernel: Pair,
    given: ConvTransposeOptions & InitOptions & { bias?: boolean | undefined } = {},
  ) {
    const {
      bias = true,
      generator,
      init,
      staysFloat32: _,
      stride,
      padding,
      dilation,
      outputPadding,
      groups = 1,
      ...rest
    } = optionsOf("ConvTranspose2d", given);
    refuseUnknown("ConvTranspose2d", rest);
    const options = { stride, padding, dilation, outputPadding };
    super();
    assertSize("ConvTranspose2d", "inChannels", inChannels);
    assertSize("ConvTranspose2d", "outChannels", outChannels);
    const settings = convTransposeSettings("ConvTranspose2d", kernel, options);
    const { kernelHeight: height, kernelWidth: width } = settings;
    assertWhole("ConvTranspose2d", "groups", groups, { least: 1 });
    if (inChannels % groups !== 0 || outChannels % groups !== 0)
      throw new TensorError(
        "ERR_RANGE",
        `ConvTranspose2d: ${groups} groups must divide ${inChannels} and ${outChannels} channels`,
      );
    const depth = outChannels / groups;
    const own = { generator, init };
    const fanIn = depth * height * width; // PyTorch counts the second axis of the weight here too.
    this.weight = uniformFanIn("ConvTranspose2d", [inChannels, depth, height, width], fanIn, own);
    this.bias = bias ? uniformFanIn("ConvTranspose2d", [outChannels], fanIn, own) : null;
    this._options = { ...options, groups };
  }

  /** @param x shape [batch, in, height, width] @returns shape [batch, out, outHeight, outWidth] */
  forward(x: Tensor): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this._options);
  }
}
