/** @file Bilinear interpolation by hand and against its formula in double precision. */
import { expect, it } from "vitest";
import * as dg from "../../../../src";
import type { InterpolateOptions } from "../../../../src/ops/interpolate";
import { FORMULA } from "../tolerances";
import type { Bench } from "./bench";
import { drawn, onBackend, resultsOf } from "./operator-results";

const SHAPE = [2, 3, 4, 5] as const;
const CASES: { options: InterpolateOptions; size: [number, number]; steps: [number, number] }[] = [
  { options: { size: [8, 7] }, size: [8, 7], steps: [4 / 8, 5 / 7] },
  { options: { size: 3 }, size: [3, 3], steps: [4 / 3, 5 / 3] },
  { options: { scaleFactor: 1.5 }, size: [6, 7], steps: [1 / 1.5, 1 / 1.5] },
  { options: { scaleFactor: [0.5, 2] }, size: [2, 10], steps: [2, 0.5] },
  { options: { scaleFactor: [1.2, 1.5] }, size: [4, 7], steps: [1, 1 / 1.5] }, // a copied axis
  { options: { size: [7, 9], alignCorners: true }, size: [7, 9], steps: [3 / 6, 4 / 8] },
  { options: { size: [1, 2], alignCorners: true }, size: [1, 2], steps: [0, 4] },
];

/** The share of pixel `from` in place `to` of one axis: a tent over where it reads, held inside. */
function share(from: number, to: number, n: number, step: number, alignCorners: boolean): number {
  const at = alignCorners ? to * step : (to + 0.5) * step - 0.5;
  const inside = Math.min(Math.max(at, 0), n - 1);
  return Math.max(0, 1 - Math.abs(inside - from));
}

export function interpolationFacts({ backend }: Bench): void {
  it.each(CASES)("interpolateBilinear with $options follows the formula", async (c) => {
    const { options, size, steps } = c;
    const [x, dy] = [drawn("x", SHAPE), drawn("dy", [2, 3, ...size])];
    const found = await resultsOf(
      backend,
      (image) => dg.interpolateBilinear(image!, options),
      [x],
      () => dy,
    );
    const [y, dx] = [new Float64Array(dy.values.length), new Float64Array(x.values.length)];
    const isAligned = options.alignCorners ?? false;
    for (let o = 0; o < y.length; o++)
      for (let i = 0; i < 20; i++) {
        const place = Math.floor(o / size[0] / size[1]) * 20 + i;
        const [row, column] = [Math.floor(o / size[1]) % size[0], o % size[1]];
        const vertical = share(Math.floor(i / 5), row, 4, steps[0], isAligned);
        const both = vertical * share(i % 5, column, 5, steps[1], isAligned);
        y[o]! += both * x.values[place]!;
        dx[place]! += both * dy.values[o]!;
      }
    expect(found.shape).toEqual([2, 3, ...size]);
    expect(found.out).toBeAllclose(y, FORMULA);
    expect(found.gradients[0]!).toBeAllclose(dx, FORMULA);
  });

  it("doubles a row of two pixels both ways by hand", async () => {
    await onBackend(backend, async () => {
      const x = dg.tensor([[[[0, 4]]]]);
      const row = async (alignCorners: boolean) =>
        Array.from(await dg.interpolateBilinear(x, { size: [1, 4], alignCorners }).data());
      expect(await row(false)).toEqual([0, 1, 3, 4]);
      expect(await row(true)).toBeAllclose([0, 4 / 3, 8 / 3, 4], FORMULA);
    });
  });
}
