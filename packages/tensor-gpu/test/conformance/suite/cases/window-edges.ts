/** @file Images and attention at sizes around every edge: vectors, tiles of outputs, windows larger than what is left. */
import fc from "fast-check";
import type { ConvShape } from "../../../../src/backend/kernels";
import type { Agreement } from "../agreement";
import { around, drawn } from "../drawn";
import type { Scene } from "../scene";
import { attend, type Kept, type Mask, optionsOf, type Sizes } from "./attention";
import { columnsOf, convShape, inputOf, outputOf, weightOf } from "./images";

/** Sums over a window or a row of keys, weights' gradients over whole images. */
const SUM = { rtol: 2e-5, atol: 2e-4 };

const SIDES = [1, 2, 3, 5, ...around(8, 16, 32)];
const pairOf = (...sizes: number[]) =>
  fc.tuple(fc.constantFrom(...sizes), fc.constantFrom(...sizes));

const hasOutput = ({ outHeight, outWidth }: ConvShape) => outHeight > 0 && outWidth > 0;

/** Windows that fit; padding is at most half of one, which pooling asks for. */
const windows = fc
  .record({
    batch: fc.constantFrom(1, 2),
    channels: fc.constantFrom(1, 2, 3, 5),
    size: pairOf(...SIDES),
    kernel: fc.oneof(fc.constant<[number, number]>([3, 3]), pairOf(1, 2, 3, 5)),
    stride: fc.oneof(fc.constant<[number, number]>([1, 1]), pairOf(1, 2, 3)),
    dilation: fc.oneof(fc.constant<[number, number]>([1, 1]), pairOf(1, 2)),
    padded: fc.boolean(),
  })
  .map(({ padded, ...rest }) => {
    const half = (axis: 0 | 1) => (padded ? Math.floor(rest.kernel[axis] / 2) : 0);
    return convShape({ ...rest, pad: [half(0), half(1)] });
  })
  .filter(hasOutput);

function everyImageKernel(s: Scene, shape: ConvShape): void {
  const { kernels } = s;
  const [image, result] = [inputOf(shape), outputOf(shape)];
  const [x, dy, weight] = [s.input(image), s.input(result), weightOf(s, shape)];
  kernels.im2col(s.output(columnsOf(shape)), x, shape);
  kernels.col2im(s.output(image), s.input(columnsOf(shape)), shape);
  kernels.depthwiseConv(s.output(result), x, weight, shape);
  kernels.depthwiseConvGrad(s.output(image), s.output(weight.shape), dy, x, weight, shape);
  const argmax = s.output(result, { dtype: "int32" });
  kernels.maxPool(s.output(result), argmax, x, shape);
  kernels.maxPoolGrad(s.output(image), dy, argmax, shape);
  for (const countPad of [false, true]) {
    kernels.avgPool(s.output(result), x, shape, countPad);
    kernels.avgPoolGrad(s.output(image), dy, shape, countPad);
  }
}

const LENGTHS = [1, 2, ...around(4, 8, 16, 32)];
const WIDTHS = [1, ...around(4, 8, 16, 32)];

const sequences = fc.record({
  size: fc.record({
    batch: fc.constantFrom(1, 2),
    queries: fc.constantFrom(...LENGTHS),
    keys: fc.constantFrom(...LENGTHS),
    keyHeads: fc.constantFrom(1, 2),
    heads: fc.constantFrom(2, 4),
    d: fc.constantFrom(...WIDTHS),
    dv: fc.constantFrom(...WIDTHS),
  }),
  kept: fc.constantFrom<Kept>("probs", "lse", "both"),
  mask: fc.constantFrom<Mask>("open", "causal", "keys", "causal and keys"),
});

/** Every kernel with windows or with rows of keys. */
export function windowEdgeCases({ agrees }: Agreement): void {
  agrees("every kernel on images takes any size", SUM, drawn(windows, 30), everyImageKernel);
  agrees("attention takes any size", SUM, drawn(sequences, 25), (s, { size, kept, mask }) =>
    attend(s, size satisfies Sizes, kept, optionsOf(s, size, mask)),
  );
}

/** Windows that no backend has a reason to decline: stride 1, four channels and more, windows that fit. */
export const drawnConvolutions = () =>
  drawn(
    fc
      .record({
        batch: fc.constantFrom(1, 2, 3),
        channels: fc.constantFrom(...around(5, 8, 16), 33),
        outChannels: fc.constantFrom(1, 2, ...around(4, 8, 16)),
        size: pairOf(...SIDES),
        kernel: fc.oneof(fc.constant<[number, number]>([3, 3]), pairOf(1, 2, 3)),
        pad: pairOf(0, 1, 2),
      })
      .map(({ outChannels, pad: [padY, padX], ...rest }) => {
        const [height, width] = rest.kernel;
        const pad: [number, number] = [Math.min(padY, height - 1), Math.min(padX, width - 1)];
        return { outChannels, shape: convShape({ ...rest, pad }) };
      })
      .filter(({ shape }) => hasOutput(shape)),
    40,
  );
