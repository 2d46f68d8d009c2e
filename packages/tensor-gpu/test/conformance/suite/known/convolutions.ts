/** @file Dense convolutions as users call them, with NaN and infinities: shortcuts and compositions must agree. */
import { expect, it } from "vitest";
import * as dg from "../../../../src";
import { convShape, inputOf, outputOf } from "../cases/images";
import { PLANT_NAMES, PLANTS, type Plant } from "../cases/planted";
import { seededRandom, uniforms } from "../numbers";
import { LONG_SUM } from "../tolerances";
import type { Bench } from "./bench";

const SHAPES = [
  { outChannels: 3, shape: convShape({ channels: 4, size: [5, 5], kernel: [3, 3] }) },
  {
    outChannels: 8,
    shape: convShape({ batch: 2, channels: 8, size: [7, 9], kernel: [3, 3], pad: [1, 1] }),
  },
  {
    outChannels: 5,
    shape: convShape({ channels: 4, size: [6, 5], kernel: [2, 3], pad: [1, 2], stride: [2, 1] }),
  },
];
type Case = (typeof SHAPES)[number];
const OPERANDS = ["x", "weight", "dy"] as const;
type Operand = (typeof OPERANDS)[number];
type Operands = Record<Operand, number[]>;

/** Calls `use` with the places in out, weight and x (−1 in the padding) of every product of the convolution. */
function forEachProduct(
  { outChannels, shape }: Case,
  use: (out: number, weight: number, x: number) => void,
): void {
  const { batch, channels, height, width, outHeight, outWidth, kernelHeight, kernelWidth } = shape;
  const taps = kernelHeight * kernelWidth;
  for (let out = 0; out < batch * outChannels * outHeight * outWidth; out++) {
    const [ox, oy] = [out % outWidth, Math.floor(out / outWidth) % outHeight];
    const plane = Math.floor(out / outWidth / outHeight);
    const [o, image] = [plane % outChannels, Math.floor(plane / outChannels)];
    for (let tap = 0; tap < channels * taps; tap++) {
      const c = Math.floor(tap / taps);
      const [ky, kx] = [Math.floor((tap % taps) / kernelWidth), tap % kernelWidth];
      const [y, x] = [oy * shape.strideY - shape.padY + ky, ox * shape.strideX - shape.padX + kx];
      const isInside = y >= 0 && y < height && x >= 0 && x < width;
      const place = ((image * channels + c) * height + y) * width + x;
      use(out, o * channels * taps + tap, isInside ? place : -1);
    }
  }
}

/** The formula and its gradients in double precision, the zeros of the padding taking part as numbers. */
function formula(one: Case, { x, weight, dy }: Operands) {
  const [out, dx, dweight] = [dy, x, weight].map(({ length }) => new Float64Array(length));
  forEachProduct(one, (o, w, i) => {
    const value = i < 0 ? 0 : x[i]!;
    out![o]! += value * weight[w]!;
    dweight![w]! += value * dy[o]!;
    if (i >= 0) dx![i]! += dy[o]! * weight[w]!;
  });
  return [out!, dx!, dweight!];
}

function operandsOf({ outChannels, shape }: Case, plant: Plant, which: Operand) {
  const { channels, kernelHeight, kernelWidth } = shape;
  const shapes = {
    x: inputOf(shape),
    weight: [outChannels, channels, kernelHeight, kernelWidth],
    dy: outputOf({ ...shape, channels: outChannels }),
  };
  const random = seededRandom(`${plant} ${which} ${shapes.x}`);
  const numbers = (operand: Operand) =>
    uniforms(
      random,
      shapes[operand].reduce((a, b) => a * b, 1),
    ).map((x) =>
      operand === which && random() < 0.01
        ? PLANTS[plant][Math.floor(random() * PLANTS[plant].length)]!
        : x,
    );
  return { shapes, x: numbers("x"), weight: numbers("weight"), dy: numbers("dy") };
}

/** The results of conv2d and its gradients on the backend in use. */
async function convolve({ shape }: Case, { shapes, ...numbers }: ReturnType<typeof operandsOf>) {
  const leaf = (operand: Operand) => dg.tensor(numbers[operand]).reshape(shapes[operand]);
  using _ = dg.scope();
  const [x, weight] = [leaf("x").requireGrad(), leaf("weight").requireGrad()];
  const { strideY, strideX, padY, padX } = shape;
  const out = dg.conv2d(x, weight, null, { stride: [strideY, strideX], padding: [padY, padX] });
  out.backward({ gradient: leaf("dy") });
  return Promise.all([out, x.grad!, weight.grad!].map((result) => result.data()));
}

export function convolutionFacts({ backend }: Bench): void {
  it.each(OPERANDS)("conv2d lets NaN and infinities in %s go where they meet", async (which) => {
    const before = dg.getBackend();
    dg.setBackend(backend);
    for (const one of SHAPES)
      for (const plant of PLANT_NAMES) {
        const operands = operandsOf(one, plant, which);
        const actual = await convolve(one, operands);
        for (const [i, expected] of formula(one, operands).entries())
          expect(actual[i]!, `${plant}, result ${i}`).toBeAllclose(expected, LONG_SUM);
      }
    dg.setBackend(before);
  });
}
