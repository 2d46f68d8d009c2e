import { tracked } from "../autograd/track";
import type { ConvShape } from "../backend/kernels";
import { fail, optionsOf, refuseUnknown } from "../errors";
import { assertWhole } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { convInGroups } from "./conv-groups";
import { convGradInput, convGradWeight, convInto } from "./dense-conv";
import { pad } from "./joins";
import { affinePerChannel } from "./norms";
import { assertFloat, assertFloatOrNull } from "./operands";
import { shapeError } from "./support";
import { type ConvOptions, convSettings, FURTHEST, type Pair, pair } from "./windows";

export interface ConvTransposeOptions extends ConvOptions {
  /** Additional rows and columns at the lower and right edge, each below the stride or the dilation. Default 0. */
  outputPadding?: Pair | undefined;
}

type Settings = ReturnType<typeof convTransposeSettings>;

/**
 * Settings of a transposed convolution for both axes.
 * @throws {TensorError} `ERR_RANGE`, also for an output padding of at least both the stride and the dilation
 */
export function convTransposeSettings(
  op: string,
  kernel: Pair,
  { outputPadding = 0, ...options }: Omit<ConvTransposeOptions, "groups">,
) {
  const settings = convSettings(op, kernel, options);
  const [moreY, moreX] = pair(op, "outputPadding", outputPadding, 0);
  const { strideY, strideX, dilationY, dilationX } = settings;
  if (moreY >= Math.max(strideY, dilationY) || moreX >= Math.max(strideX, dilationX))
    fail(
      "ERR_RANGE",
      `${op}: outputPadding must be below the stride or the dilation, got [${moreY}, ${moreX}]`,
      { op, outputPadding: [moreY, moreX] },
    );
  return { ...settings, moreY, moreX };
}

/** The convolution whose image gradient is this operation: its image is the result, and its output has x's size. */
function shapeOf(x: Tensor, channels: number, settings: Settings): ConvShape {
  const [batch, , outHeight, outWidth] = x.shape as [number, number, number, number];
  const { moreY, moreX, ...windows } = settings;
  const { kernelHeight, kernelWidth, strideY, strideX, padY, padX, dilationY, dilationX } = windows;
  const size = (n: number, stride: number, padding: number, reach: number, more: number) =>
    (n - 1) * stride - 2 * padding + reach + more + 1;
  const height = size(outHeight, strideY, padY, dilationY * (kernelHeight - 1), moreY);
  const width = size(outWidth, strideX, padX, dilationX * (kernelWidth - 1), moreX);
  if (!(height >= 1 && width >= 1 && height <= FURTHEST && width <= FURTHEST))
    shapeError(
      "convTranspose2d",
      `the result must have 1 to ${FURTHEST} rows and columns`,
      [height, width],
      x.shape,
    );
  return { batch, channels, height, width, outHeight, outWidth, ...windows };
}

function denseTranspose(x: Tensor, weight: Tensor, shape: ConvShape): Tensor {
  const [input, kernel] = [x.contiguous(), weight.contiguous()];
  const out = convGradInput(input, kernel, shape);
  return tracked("convTranspose2d", out, [x, weight], (hold, wants) => {
    const [image, w] = [wants[1] ? hold(input) : null, wants[0] ? hold(kernel) : null];
    return (dy, needs) => {
      const gradient = dy.contiguous();
      const dx = needs[0]
        ? allocate("convTranspose2d", input.shape, "float32", dy.storage.backend)
        : null;
      if (dx) convInto(dx, gradient, w!, shape);
      return [dx, needs[1] ? convGradWeight(image!, gradient, kernel.shape, shape) : null];
    };
  });
}

/** Appends a row or column of zeros to x per whole stride in the output padding. They add nothing to the result. */
function withRoom(x: Tensor, settings: Settings): { input: Tensor; rest: Settings } {
  const { strideY, strideX, moreY, moreX } = settings;
  const [rows, columns] = [Math.floor(moreY / strideY), Math.floor(moreX / strideX)];
  if (rows === 0 && columns === 0) return { input: x, rest: settings };
  const rest = { ...settings, moreY: moreY % strideY, moreX: moreX % strideX };
  return { input: pad(x, [0, columns, 0, rows]), rest };
}

/**
 * Transposed convolution, the adjoint of `conv2d` with the same settings: each input value adds its multiple of the
 * kernel to the output. An axis of size n gets the size (n − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1.
 *
 * @param x shape [batch, channels, height, width], height and width at least 1
 * @param weight shape [channels, out / groups, kernelHeight, kernelWidth]
 * @param bias shape [out], or null
 * @param options.stride, options.padding, options.dilation, options.groups as of `conv2d`
 * @param options.outputPadding default 0
 * @returns shape [batch, out, outHeight, outWidth]
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, or `ERR_RANGE` for settings out of range
 * @see Dumoulin and Visin 2016, chapter 4
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  const op = "convTranspose2d";
  const {
    groups = 1,
    stride,
    padding,
    dilation,
    outputPadding,
    ...unknown
  } = optionsOf(op, options);
  refuseUnknown(op, unknown);
  assertFloat(op, x, weight);
  assertFloatOrNull(op, x, bias);
  assertWhole(op, "groups", groups, { least: 1 });
  if (x.rank !== 4 || weight.rank !== 4 || x.shape[1] !== weight.shape[0])
    shapeError(
      op,
      "x [batch, channels, height, width] needs a weight [channels, out / groups, kh, kw]",
      x.shape,
      weight.shape,
    );
  if (x.shape[1]! % groups !== 0)
    shapeError(op, `${groups} groups must divide the channels`, x.shape, weight.shape);
  if (x.shape[2] === 0 || x.shape[3] === 0)
    shapeError(op, "x must have rows and columns", x.shape, weight.shape);
  const outPerGroup = weight.shape[1]!;
  if (bias && (bias.rank !== 1 || bias.size !== outPerGroup * groups))
    shapeError(op, "the bias must be [out]", bias.shape, weight.shape);
  const kernel = [weight.shape[2]!, weight.shape[3]!] as const;
  const windows = { stride, padding, dilation, outputPadding };
  const settings = convTransposeSettings(op, kernel, windows);
  const { input, rest } = withRoom(x, settings);
  const shape = shapeOf(input, outPerGroup, rest);
  const out = convInGroups(input, weight, groups, (part, kernel) =>
    denseTranspose(part, kernel, shape),
  );
  return affinePerChannel(out, null, bias);
}
