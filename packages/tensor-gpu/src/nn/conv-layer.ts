import { fail, optionsOf } from "../errors";
import type { ConvOptions, Pair } from "../ops/windows";
import { assertSize, assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { type InitOptions, uniformFanIn } from "./layers";
import { Module } from "./module";

/** Arguments of a convolution layer; `kernel` is the size of the windows. */
export type ConvArguments<Windows extends ConvOptions> = [
  inChannels: number,
  outChannels: number,
  kernel: Pair,
  options?: Windows & InitOptions & { bias?: boolean | undefined },
];

/** Checks all options of windows and refuses others. */
type WindowCheck<Windows> = (
  op: string,
  kernel: Pair,
  windows: Omit<Windows, "groups">,
) => { kernelHeight: number; kernelWidth: number };

/** Weight and bias of a convolution, uniform in ±1/√fanIn; PyTorch counts the second axis of the weight either way. */
export abstract class ConvLayer<Windows extends ConvOptions> extends Module {
  weight: Tensor;
  bias: Tensor | null;
  protected readonly _options: Windows;

  /**
   * @param isTransposed whether the weight is [in, out / groups, kh, kw] instead of [out, in / groups, kh, kw]
   * @throws {TensorError} `ERR_RANGE` for sizes or settings out of range, or groups that do not divide both channels
   */
  constructor(
    name: string,
    check: WindowCheck<Windows>,
    isTransposed: boolean,
    [inChannels, outChannels, kernel, options = {} as never]: ConvArguments<Windows>,
  ) {
    const {
      bias = true,
      generator,
      init,
      staysFloat32: _,
      groups = 1,
      ...windows
    } = optionsOf(name, options);
    super();
    const { kernelHeight, kernelWidth } = check(name, kernel, windows as never);
    assertSize(name, "inChannels", inChannels);
    assertSize(name, "outChannels", outChannels);
    assertWhole(name, "groups", groups, { least: 1 });
    if (inChannels % groups !== 0 || outChannels % groups !== 0)
      fail(
        "ERR_RANGE",
        `${name}: ${groups} groups must divide ${inChannels} and ${outChannels} channels`,
      );
    const [first, second] = isTransposed ? [inChannels, outChannels] : [outChannels, inChannels];
    const depth = second / groups;
    const own = { generator, init };
    const fanIn = depth * kernelHeight * kernelWidth;
    this.weight = uniformFanIn(name, [first, depth, kernelHeight, kernelWidth], fanIn, own);
    this.bias = bias ? uniformFanIn(name, [outChannels], fanIn, own) : null;
    this._options = { ...windows, groups } as never;
  }
}
