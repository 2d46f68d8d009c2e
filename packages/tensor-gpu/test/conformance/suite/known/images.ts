import { expect, it } from "vitest";
import { convShape } from "../cases/images";
import { seededRandom, uniforms } from "../numbers";
import { DIFFERENCE, FORMULA } from "../tolerances";
import type { Bench } from "./bench";
import { differences } from "./differences";
import { sum } from "./formulas";

const SHAPE = convShape({
  batch: 2,
  channels: 2,
  size: [4, 5],
  kernel: [3, 2],
  stride: [2, 3],
  pad: [1, 2],
  dilation: [1, 2],
});
const [IN, OUT] = [4 * 5, SHAPE.outHeight * SHAPE.outWidth];
const TAPS = 6;
const INPUT = [2, 2, 4, 5];
const OUTPUT = [2, 2, SHAPE.outHeight, SHAPE.outWidth];
const COLUMNS = [2, 2 * TAPS, OUT];

/** Values under the window at output place `to` of a plane, `padding` outside the image. */
function windowOf(plane: readonly number[], to: number, padding: number): number[] {
  const [top, left] = [Math.floor(to / SHAPE.outWidth) * 2 - 1, (to % SHAPE.outWidth) * 3 - 2];
  return [0, 1, 2].flatMap((ky) =>
    [0, 1].map((kx) => {
      const [y, x] = [top + ky, left + 2 * kx];
      return y < 0 || y >= 4 || x < 0 || x >= 5 ? padding : plane[y * 5 + x]!;
    }),
  );
}

/** Applies `f` to each window of each of the four planes. */
const overWindows = (
  x: readonly number[],
  padding: number,
  f: (window: number[], plane: number) => number,
) =>
  [0, 1, 2, 3].flatMap((plane) =>
    Array.from({ length: OUT }, (_, to) =>
      f(windowOf(x.slice(plane * IN, (plane + 1) * IN), to, padding), plane),
    ),
  );

export function imageFacts(bench: Bench): void {
  const { kernels, floats, empty, read } = bench;
  const numbers = (name: string, n: number) => uniforms(seededRandom(name), n);
  const [xs, dys] = [numbers("image", 4 * IN), numbers("image dy", 4 * OUT)];
  const [x, dy] = [floats(INPUT, xs), floats(OUTPUT, dys)];
  const [y, dx] = [empty(OUTPUT), empty(INPUT)];

  it("im2col lays out the windows, and col2im is its transpose", async () => {
    const [columns, gradients] = [empty(COLUMNS), numbers("columns", 4 * TAPS * OUT)];
    kernels.im2col(columns, x, SHAPE);
    const laidOut = await read(columns);
    const taps = [...new Array(TAPS).keys()].map((tap) =>
      overWindows(xs, 0, (window) => window[tap]!),
    );
    for (let plane = 0; plane < 4; plane++)
      for (let tap = 0; tap < TAPS; tap++) {
        const at = (plane * TAPS + tap) * OUT;
        expect(laidOut.slice(at, at + OUT)).toEqual(
          taps[tap]!.slice(plane * OUT, (plane + 1) * OUT),
        );
      }
    kernels.col2im(dx, floats(COLUMNS, gradients), SHAPE);
    const image = await read(dx);
    const [left, right] = [
      sum(laidOut.map((v, i) => v * gradients[i]!)),
      sum(image.map((v, i) => v * xs[i]!)),
    ];
    expect(left).toBeCloseTo(right, 3);
  });

  it("depthwiseConv and its gradients follow the formula", async () => {
    const weights = numbers("kernel", 2 * TAPS);
    const formula = (image: readonly number[], kernel: readonly number[]) =>
      overWindows(image, 0, (window, plane) =>
        sum(window.map((value, tap) => value * kernel[(plane % 2) * TAPS + tap]!)),
      );
    const [weight, dweight] = [floats([2, 3, 2], weights), empty([2, 3, 2])];
    kernels.depthwiseConv(y, x, weight, SHAPE);
    expect(await read(y)).toBeAllclose(formula(xs, weights), FORMULA);
    kernels.depthwiseConvGrad(dx, dweight, dy, x, weight, SHAPE);
    expect(await read(dx)).toBeAllclose(
      differences((v) => formula(v, weights), xs, dys),
      DIFFERENCE,
    );
    const ofWeight = differences((v) => formula(xs, v), weights, dys);
    expect(await read(dweight)).toBeAllclose(ofWeight, DIFFERENCE);
  });

  it("maxPool and its gradient follow the formula", async () => {
    const formula = (image: readonly number[]) =>
      overWindows(image, Number.NEGATIVE_INFINITY, (window) => Math.max(...window));
    const argmax = empty(OUTPUT, "int32");
    kernels.maxPool(y, argmax, x, SHAPE);
    const maxima = await read(y);
    expect(maxima).toBeAllclose(formula(xs), FORMULA);
    const places = await read(argmax);
    expect(places.map((place, i) => xs[Math.floor(i / OUT) * IN + place])).toEqual(maxima);
    kernels.maxPoolGrad(dx, dy, argmax, SHAPE);
    expect(await read(dx)).toBeAllclose(differences(formula, xs, dys), DIFFERENCE);
  });

  it.each([false, true])(
    "avgPool and its gradient follow the formula, padding counted: %s",
    async (countPad) => {
      const ones = overWindows(new Array(4 * IN).fill(1), 0, sum);
      const formula = (image: readonly number[]) =>
        overWindows(image, 0, sum).map((total, i) => total / (countPad ? TAPS : ones[i]!));
      kernels.avgPool(y, x, SHAPE, countPad);
      expect(await read(y)).toBeAllclose(formula(xs), FORMULA);
      kernels.avgPoolGrad(dx, dy, SHAPE, countPad);
      expect(await read(dx)).toBeAllclose(differences(formula, xs, dys), DIFFERENCE);
    },
  );
}
