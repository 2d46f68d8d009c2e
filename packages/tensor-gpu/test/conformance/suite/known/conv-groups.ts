/** @file Grouped and transposed convolutions against loops in double precision. */
import { expect, it } from "vitest";
import * as dg from "../../../../src";
import { SUM } from "../tolerances";
import type { Bench } from "./bench";
import { drawn, type Numbers, onBackend, resultsOf } from "./operator-results";

interface Case {
  name: string;
  /** Of the side with more places, which a convolution reads and a transposed one writes. */
  image: readonly [batch: number, channels: number, height: number, width: number];
  outChannels: number;
  kernel: readonly [number, number];
  groups: number;
  stride?: readonly [number, number];
  padding?: readonly [number, number];
  dilation?: readonly [number, number];
}

const CASES: Case[] = [
  { name: "two groups", image: [2, 4, 5, 6], outChannels: 6, kernel: [3, 3], groups: 2 },
  {
    name: "three groups, strided",
    image: [1, 3, 7, 6],
    outChannels: 6,
    kernel: [2, 3],
    groups: 3,
    stride: [2, 1],
    padding: [1, 2],
    dilation: [1, 2],
  },
  {
    name: "depthwise with two outputs per channel",
    image: [2, 3, 5, 5],
    outChannels: 6,
    kernel: [3, 3],
    groups: 3,
    padding: [1, 1],
  },
  { name: "depthwise", image: [1, 4, 6, 5], outChannels: 4, kernel: [3, 2], groups: 4 },
  {
    name: "one group, strided and dilated",
    image: [2, 2, 8, 9],
    outChannels: 3,
    kernel: [3, 2],
    groups: 1,
    stride: [3, 2],
    padding: [2, 1],
    dilation: [1, 2],
  },
  {
    name: "one group, stride 1",
    image: [1, 3, 6, 6],
    outChannels: 2,
    kernel: [3, 3],
    groups: 1,
    padding: [1, 1],
  },
];

function settingsOf(c: Case) {
  const { stride = [1, 1], padding = [0, 0], dilation = [1, 1], groups } = c;
  const places = (axis: 0 | 1) => {
    const reach = dilation[axis] * (c.kernel[axis] - 1) + 1;
    return Math.floor((c.image[2 + axis]! + 2 * padding[axis] - reach) / stride[axis]) + 1;
  };
  const out = [c.image[0], c.outChannels, places(0), places(1)] as const;
  const weight = [c.outChannels, c.image[1] / groups, ...c.kernel] as const;
  return { options: { stride, padding, dilation, groups }, out, weight };
}

/** Calls `use` with the places in the image, the weight and the output of every product. */
function forEachProduct(c: Case, use: (image: number, weight: number, out: number) => void): void {
  const { options, out, weight } = settingsOf(c);
  const { stride, padding, dilation, groups } = options;
  const [batch, channels, height, width] = c.image;
  const [, depth, kh, kw] = weight;
  for (let at = 0; at < batch * c.outChannels * out[2] * out[3]; at++) {
    const [x, y] = [at % out[3], Math.floor(at / out[3]) % out[2]];
    const plane = Math.floor(at / out[3] / out[2]);
    const [o, b] = [plane % c.outChannels, Math.floor(plane / c.outChannels)];
    const first = Math.floor(o / (c.outChannels / groups)) * depth;
    for (let tap = 0; tap < depth * kh * kw; tap++) {
      const [i, j] = [Math.floor(tap / kw) % kh, tap % kw];
      const row = y * stride[0] - padding[0] + i * dilation[0];
      const column = x * stride[1] - padding[1] + j * dilation[1];
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const channel = first + Math.floor(tap / kw / kh);
      const place = ((b * channels + channel) * height + row) * width + column;
      use(place, o * depth * kh * kw + tap, at);
    }
  }
}

const sized = (shape: readonly number[]) => new Float64Array(shape.reduce((a, b) => a * b, 1));

/** Rows and columns of the image that no window reaches: what an output padding brings back. */
function outputPaddingOf(c: Case): [number, number] {
  const { options, out } = settingsOf(c);
  const left = (axis: 0 | 1) => {
    const reach = options.dilation[axis] * (c.kernel[axis] - 1) + 1;
    const covered = (out[2 + axis]! - 1) * options.stride[axis] + reach;
    return c.image[2 + axis]! + 2 * options.padding[axis] - covered;
  };
  return [left(0), left(1)];
}

export function convGroupFacts({ backend }: Bench): void {
  it.each(CASES)("conv2d follows the formula, forwards and backwards: $name", async (c) => {
    const { options, out, weight } = settingsOf(c);
    const [x, w, dy] = [drawn("x", c.image), drawn("weight", weight), drawn("dy", out)];
    const found = await resultsOf(
      backend,
      (image, kernel) => dg.conv2d(image!, kernel!, null, options),
      [x, w],
      () => dy,
    );
    const [y, dx, dw] = [sized(out), sized(c.image), sized(weight)];
    forEachProduct(c, (i, k, o) => {
      y[o]! += x.values[i]! * w.values[k]!;
      dx[i]! += dy.values[o]! * w.values[k]!;
      dw[k]! += dy.values[o]! * x.values[i]!;
    });
    expect(found.shape).toEqual(out);
    expect(found.out).toBeAllclose(y, SUM);
    expect(found.gradients[0]!).toBeAllclose(dx, SUM);
    expect(found.gradients[1]!).toBeAllclose(dw, SUM);
  });

  it.each(CASES)(
    "convTranspose2d is the adjoint of conv2d, with its gradients: $name",
    async (c) => {
      const { options, out, weight } = settingsOf(c);
      // What a convolution has as output is the input here, and the image is the result.
      const [x, w, dy] = [drawn("x", out), drawn("weight", weight), drawn("dy", c.image)];
      const bias: Numbers = { shape: [c.image[1]], values: new Array(c.image[1]).fill(0.5) };
      const found = await resultsOf(
        backend,
        (image, kernel, b) =>
          dg.convTranspose2d(image!, kernel!, b!, {
            ...options,
            outputPadding: outputPaddingOf(c),
          }),
        [x, w, bias],
        () => dy,
      );
      const [y, dx, dw] = [sized(c.image).fill(0.5), sized(out), sized(weight)];
      forEachProduct(c, (i, k, o) => {
        y[i]! += x.values[o]! * w.values[k]!;
        dx[o]! += dy.values[i]! * w.values[k]!;
        dw[k]! += dy.values[i]! * x.values[o]!;
      });
      expect(found.shape).toEqual(c.image);
      expect(found.out).toBeAllclose(y, SUM);
      expect(found.gradients[0]!).toBeAllclose(dx, SUM);
      expect(found.gradients[1]!).toBeAllclose(dw, SUM);
    },
  );

  it("convTranspose2d takes an output padding up to the dilation", async () => {
    await onBackend(backend, async () => {
      const x = dg.tensor([[[[1, 2]]]]);
      const weight = dg.tensor([[[[10, 1]]]]);
      const options = { stride: 1, dilation: 3, padding: [0, 1], outputPadding: [0, 2] } as const;
      const y = dg.convTranspose2d(x, weight, null, options);
      // Uncropped 10, 20, 0, 1, 2 and two zeros; one goes on either side.
      expect(Array.from(await y.data())).toEqual([20, 0, 1, 2, 0]);
    });
  });
}
