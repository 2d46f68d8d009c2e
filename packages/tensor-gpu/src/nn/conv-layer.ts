import { fail, optionsOf } from "../errors";
import type { ConvOptions, Pair } from "../ops/windows";
import { assertSize, assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { type InitOptions, uniformFanIn } from "./layers";
import { Module } from "./module";

/** Options of a layer of convolution. */
export type ConvLayerOptions<Windows extends ConvOptions> = Windows &
  InitOptions & { bias?: boolean | undefined };

/** What a layer of convolution is made of. */
interface ConvPlan<Windows extends ConvOptions> {
  name: string;
  channels: { in: number; out: number };
  kernel: Pair;
  given: ConvLayerOptions<Windows>;
  /** Checks all options of windows and refuses others. */
  settings: (
    op: string,
    kernel: Pair,
    windows: Omit<Windows, "groups">,
  ) => { kernelHeight: number; kernelWidth: number };
  /** Whether the weight is [in, out / groups, kh, kw] instead of [out, in / groups, kh, kw]. */
  isTransposed: boolean;
}

/** Weight and bias of a convolution, uniform in ±1/√fanIn; PyTorch counts the second axis of the weight either way. */
export abstract class ConvLayer<Windows extends ConvOptions> extends Module {
  weight: Tensor;
  bias: Tensor | null;
  protected readonly _options: Windows;

  /** @throws {TensorError} `ERR_RANGE` for sizes or settings out of range, or groups that do not divide both channels */
  constructor({ name, channels, kernel, given, settings, isTransposed }: ConvPlan<Windows>) {
    const {
      bias = true,
      generator,
      init,
      staysFloat32: _,
      groups = 1,
      ...windows
    } = optionsOf(name, given);
    super();
    assertSize(name, "inChannels", channels.in);
    assertSize(name, "outChannels", channels.out);
    const { kernelHeight, kernelWidth } = settings(name, kernel, windows as never);
    assertWhole(name, "groups", groups, { least: 1 });
    if (channels.in % groups !== 0 || channels.out % groups !== 0)
      fail(
        "ERR_RANGE",
        `${name}: ${groups} groups must divide ${channels.in} and ${channels.out} channels`,
      );
    const [first, second] = isTransposed
      ? [channels.in, channels.out]
      : [channels.out, channels.in];
    const depth = second / groups;
    const own = { generator, init };
    const fanIn = depth * kernelHeight * kernelWidth;
    this.weight = uniformFanIn(name, [first, depth, kernelHeight, kernelWidth], fanIn, own);
    this.bias = bias ? uniformFanIn(name, [channels.out], fanIn, own) : null;
    this._options = { ...windows, groups } as never;
  }
}
