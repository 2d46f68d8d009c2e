import { expect, it } from "vitest";
import { integers, offsetsOf, seededRandom, uniforms } from "../numbers";
import { DIFFERENCE, FORMULA } from "../tolerances";
import type { Bench } from "./bench";
import { differences } from "./differences";
import { softmaxRow, sum } from "./formulas";

/** Gathering, segments and experts. */
export function placeFacts(bench: Bench): void {
  const { kernels, floats, ints, empty, read } = bench;

  it("gathers and scatters rows", async () => {
    const out = empty([3, 2]);
    kernels.gatherRows(out, floats([2, 2], [1, 2, 3, 4]), ints([3], [1, 0, 1]));
    expect(await read(out)).toEqual([3, 4, 1, 2, 3, 4]);
    const table = floats([2, 2], [10, 20, 30, 40]);
    kernels.scatterAddRows(table, ints([3], [1, 0, 1]), out);
    expect(await read(table)).toEqual([11, 22, 36, 48]);
    expect(kernels.firstOutOfRange(ints([4], [0, 1, 2, -1]), 3)).toBe(3);
    expect(kernels.firstOutOfRange(ints([4], [0, 1, 2, -1]), 2)).toBe(2);
    expect(kernels.firstOutOfRange(ints([2], [0, 1]), 2)).toBe(-1);
  });

  it("gathers and scatters along the middle axis", async () => {
    const index = ints([1, 2, 2], [2, 0, 2, 1]);
    const out = empty([1, 2, 2]);
    kernels.gather(out, floats([1, 3, 2], [1, 2, 3, 4, 5, 6]), index, 1, 3, 2, 2);
    expect(await read(out)).toEqual([5, 2, 5, 4]);
    const x = floats([1, 2, 2], [1, 2, 3, 4]);
    const [written, added] = [
      floats([1, 3, 2], new Array(6).fill(9)),
      floats([1, 3, 2], new Array(6).fill(9)),
    ];
    kernels.scatter(written, index, x, 1, 3, 2, 2, false);
    expect(await read(written)).toEqual([9, 2, 9, 4, 3, 9]);
    kernels.scatter(added, index, x, 1, 3, 2, 2, true);
    expect(await read(added)).toEqual([9, 11, 9, 13, 13, 9]);
  });

  it("gathers and scatters along the last axis of several rows", async () => {
    const index = ints([2, 3], [1, 0, 1, 0, 0, 1]);
    const [x, out] = [floats([2, 2], [1, 2, 3, 4]), empty([2, 3])];
    kernels.gather(out, x, index, 2, 2, 3, 1);
    expect(await read(out)).toEqual([2, 1, 2, 3, 3, 4]);
    kernels.scatter(x, index, out, 2, 2, 3, 1, true);
    expect(await read(x)).toEqual([2, 6, 9, 8]);
    const pairs = floats([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    const [chosen, places] = [empty([2, 1, 2]), ints([2, 1, 2], [1, 0, 0, 1])];
    kernels.gather(chosen, pairs, places, 2, 2, 1, 2);
    expect(await read(chosen)).toEqual([3, 2, 5, 8]);
    kernels.scatter(pairs, places, floats([2, 1, 2], [-1, -2, -3, -4]), 2, 2, 1, 2, false);
    expect(await read(pairs)).toEqual([1, -2, -1, 4, -3, 6, 7, -4]);
  });

  it("reduces two segments and an empty one", async () => {
    const [offsets, indices] = [ints([4], [0, 2, 2, 3]), ints([3], [1, 0, 1])];
    const x = floats([2, 2], [1, -2, 3, -4]);
    const weights = floats([3], [2, -1, 0.5]);
    const out = empty([3, 2]);
    const reduce = async (op: "sum" | "mean" | "max", factor: typeof weights | null) => {
      kernels.segmentReduce(op, out, x, offsets, indices, factor);
      return read(out);
    };
    expect(await reduce("sum", null)).toEqual([4, -6, 0, 0, 3, -4]);
    expect(await reduce("sum", weights)).toEqual([5, -6, 0, 0, 1.5, -2]);
    expect(await reduce("mean", null)).toEqual([2, -3, 0, 0, 3, -4]);
    expect(await reduce("max", null)).toEqual([3, -2, 0, 0, 3, -4]);
    const rows = empty([3, 2], "int32");
    kernels.segmentArgMax(rows, x, offsets, indices);
    expect(await read(rows)).toEqual([1, 0, -1, -1, 1, 1]);
    const dots = empty([3]);
    kernels.segmentDot(dots, floats([3, 2], [1, 1, 5, 5, 2, -1]), x, offsets, indices);
    expect(await read(dots)).toEqual([-1, -1, 10]);
  });

  it("segmentSoftmax and its gradient follow the formula", async () => {
    const [entries, heads] = [6, 2];
    const starts = [0, 3, 3, 4, 6];
    const [xs, dys] = [uniforms(seededRandom("x"), 12), uniforms(seededRandom("dy"), 12)];
    const formula = (x: readonly number[]) => {
      const y = new Array<number>(x.length);
      for (let s = 0; s + 1 < starts.length; s++)
        for (let h = 0; h < heads; h++) {
          const places = [];
          for (let e = starts[s]!; e < starts[s + 1]!; e++) places.push(e * heads + h);
          const weights = softmaxRow(places.map((place) => x[place]!));
          for (const [i, place] of places.entries()) y[place] = weights[i]!;
        }
      return y;
    };
    const shape = [entries, heads];
    const [y, dx, offsets] = [empty(shape), empty(shape), ints([5], starts)];
    kernels.segmentSoftmax(y, floats(shape, xs), offsets);
    expect(await read(y)).toBeAllclose(formula(xs), FORMULA);
    kernels.segmentSoftmaxGrad(dx, floats(shape, dys), y, offsets);
    expect(await read(dx)).toBeAllclose(differences(formula, xs, dys), DIFFERENCE);
  });
  expertFacts(bench);
}

function expertFacts({ kernels, floats, ints, empty, read }: Bench): void {
  it("sorts slots by expert, expands, combines and gives the weights' gradient", async () => {
    const ids = ints([3, 2], [2, 0, -1, 2, 0, 1]);
    const [order, inverse] = [empty([6], "int32"), empty([3, 2], "int32")];
    const offsets = empty([4], "int32");
    kernels.countingSort(order, inverse, offsets, ids, 3);
    expect(await read(order)).toEqual([1, 4, 5, 0, 3, -1]);
    expect(await read(inverse)).toEqual([3, 0, -1, 4, 1, 2]);
    expect(await read(offsets)).toEqual([0, 2, 3, 5]);
    const weights = floats([3, 2], [0.5, 1, 9, 2, 3, 4]);
    const rows = empty([6, 1]);
    kernels.expandRows(rows, floats([3, 1], [10, 20, 30]), order, 2, null);
    expect(await read(rows)).toEqual([10, 30, 30, 10, 20, 0]);
    kernels.expandRows(rows, floats([3, 1], [10, 20, 30]), order, 2, weights);
    expect(await read(rows)).toEqual([10, 90, 120, 5, 40, 0]);
    const x = floats([6, 1], [1, 2, 3, 4, 5, 6]);
    const out = empty([3, 1]);
    kernels.combineRows(out, x, inverse, null);
    expect(await read(out)).toEqual([5, 5, 5]);
    kernels.combineRows(out, x, inverse, weights);
    expect(await read(out)).toEqual([3, 10, 18]);
    const dots = empty([3, 2]);
    kernels.rowDots(dots, floats([3, 1], [1, 10, 100]), x, inverse);
    expect(await read(dots)).toEqual([4, 1, 0, 50, 200, 300]);
  });

  it("moves whole rows to experts and back", async () => {
    const [order, inverse] = [ints([4], [2, 0, 3, -1]), ints([2, 2], [1, -1, 0, 2])];
    const [weights, rows] = [floats([2, 2], [2, 9, 3, 4]), empty([4, 3])];
    kernels.expandRows(rows, floats([2, 3], [1, 2, 3, 10, 20, 30]), order, 2, weights);
    expect(await read(rows)).toEqual([30, 60, 90, 2, 4, 6, 40, 80, 120, 0, 0, 0]);
    const x = floats([4, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0]);
    const [out, dots] = [empty([2, 3]), empty([2, 2])];
    kernels.combineRows(out, x, inverse, weights);
    expect(await read(out)).toEqual([8, 10, 12, 31, 38, 45]);
    kernels.rowDots(dots, floats([2, 3], [1, 1, 1, 1, 0, -1]), x, inverse);
    expect(await read(dots)).toEqual([15, 0, -2, -2]);
  });

  it("a sorted place and its slot point at each other, groups in order", async () => {
    const [slots, groups] = [200, 7];
    const values = integers(seededRandom("sort"), slots, -1, groups);
    const [order, inverse] = [empty([slots], "int32"), empty([slots], "int32")];
    const offsets = empty([groups + 1], "int32");
    kernels.countingSort(order, inverse, offsets, ints([slots], values), groups);
    const [places, starts] = [await read(order), await read(offsets)];
    const kept = places.filter((slot) => slot >= 0);
    expect(starts).toEqual(
      offsetsOf([...new Array(groups).keys()].map((g) => sum(values.map((v) => Number(v === g))))),
    );
    expect(kept.map((slot) => values[slot])).toEqual(
      values.filter((v) => v >= 0).sort((a, b) => a - b),
    );
    const back = await read(inverse);
    for (const [place, slot] of kept.entries()) expect(back[slot]).toBe(place);
    for (const [slot, value] of values.entries()) if (value < 0) expect(back[slot]).toBe(-1);
  });
}
