import { afterAll, describe, expect, it } from "vitest";
import type { Kernels } from "../../src/backend/kernels";
import type { View } from "../../src/backend/view";
import { assembleKernels } from "../../src/wasm/assemble-kernels";
import type { Launcher } from "../../src/wasm/launcher";
import { type Arena, createArena, noise } from "./arena";

/** Every launch in as many pieces as the threads take, however small. */
const cutSmall = (launcher: Launcher): Launcher =>
  Object.create(launcher, {
    run: {
      value: (...[kernel, args, items]: Parameters<Launcher["run"]>) =>
        launcher.run(kernel, args, items, 1),
    },
  });

const whole = createArena({ threads: 1 });
const pieces = [2, 3].map((threads) => createArena({ threads }));
const all = [whole, ...pieces].map((arena) => ({
  arena,
  kernels: assembleKernels(arena === whole ? arena.launcher : cutSmall(arena.launcher)),
}));
afterAll(() => Promise.all([whole, ...pieces].map((arena) => arena.dispose())));

interface Stage {
  kernels: Kernels;
  floats(shape: number[], seed?: number): View;
  ints(shape: number[], limit: number, seed?: number): View;
  list(values: number[]): View;
}

const count = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

function createStage(arena: Arena, kernels: Kernels): Stage {
  const draw = (shape: number[], limit: number, seed: number) =>
    Int32Array.from(noise(count(shape), seed), (x) => Math.floor(((x + 1) / 2) * limit));
  return {
    kernels,
    floats: (shape, seed = 1) => arena.put(noise(count(shape), seed), shape),
    ints: (shape, limit, seed = 1) => arena.put(draw(shape, limit, seed), shape),
    list: (values) => arena.put(Int32Array.from(values)),
  };
}

/** Bits of all views that `body` returns, the same whatever the number of threads. */
function agree(body: (stage: Stage) => View[]): void {
  const [expected, ...others] = all.map(({ arena, kernels }) => {
    const views = body(createStage(arena, kernels));
    const bits = views.map((view) => {
      const numbers = arena.read(view);
      return new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length);
    });
    arena.reset();
    return bits;
  });
  for (const bits of others) expect(bits).toEqual(expected);
}

const SIZES = [1, 2, 3, 5, 17, 63, 130, 1023];
const ROWS = [
  [1, 7],
  [5, 1],
  [7, 3],
  [33, 20],
  [50, 131],
] as const;

describe("cuts between threads do not change a bit of", () => {
  it.each(SIZES)("elementwise kernels on %i elements", (n) => {
    agree(({ kernels, floats }) => {
      const [out, gradient, sum] = [floats([n]), floats([n]), floats([n])];
      const [x, y] = [floats([n], 2), floats([n], 3)];
      kernels.unary("gelu", out, x, 0);
      kernels.unaryGrad("geluTanh", gradient, y, x, x, 0);
      kernels.arithmetic("mul", sum, x, y);
      kernels.addScaled(sum, out, 0.3);
      return [out, gradient, sum];
    });
  });

  it.each(SIZES)("random numbers for %i elements", (n) => {
    agree(({ kernels, floats }) => {
      const outs = [floats([n]), floats([n]), floats([n]), floats([n])];
      kernels.random("uniform", outs[0]!, 7, 3, -1, 2);
      kernels.random("normal", outs[1]!, 7, 2 ** 33 + 1, 0, 1);
      kernels.random("bernoulli", outs[2]!, 7, 1, 0.3, 0);
      kernels.dropout(outs[3]!, outs[0]!, 0.4, 9, 6);
      return outs;
    });
  });

  it.each(ROWS)("broadcasts, gates and copies of %i × %i", (rows, n) => {
    agree(({ kernels, floats, ints }) => {
      const [out, gated, turned] = [floats([rows, n]), floats([rows, n]), floats([n, rows])];
      const [x, row, mask] = [floats([rows, n], 2), floats([n], 3), ints([rows, n], 2)];
      const repeated = { ...row, shape: [rows, n], strides: [0, 1], size: rows * n };
      kernels.arithmetic("add", out, x, repeated);
      kernels.where(out, mask, out, repeated);
      kernels.swiglu(gated, x, x);
      kernels.copy(turned, { ...x, shape: [n, rows], strides: [1, n] });
      return [out, gated, turned];
    });
  });

  it.each(ROWS)("folds, scans and sorting of %i × %i", (rows, n) => {
    agree(({ kernels, floats, ints }) => {
      const x = floats([rows, n], 2);
      const [sums, columns, running] = [floats([rows]), floats([n]), floats([rows, n])];
      const [places, values, order] = [ints([n], 1), floats([rows, n]), ints([rows, n], 1)];
      kernels.reduce("sum", sums, x, rows, n, 1);
      kernels.reduce("mean", columns, x, 1, rows, n);
      kernels.argReduce("max", places, x, 1, rows, n);
      kernels.cumsum(running, x, rows, n, 1, true);
      kernels.sort(values, order, x, rows, n, n, true);
      return [sums, columns, places, running, values, order];
    });
  });

  it("a sum over a long row, and one over many rows", () => {
    agree(({ kernels, floats }) => {
      const [out, columns] = [floats([1]), floats([9])];
      kernels.reduce("sumSquares", out, floats([70_001], 2), 1, 70_001, 1);
      kernels.reduce("sum", columns, floats([7000, 9], 2), 1, 7000, 9);
      return [out, columns];
    });
  });

  it.each(ROWS)("softmax, losses and norms of %i × %i", (rows, n) => {
    agree(({ kernels, floats, ints }) => {
      const [x, dy, weight] = [floats([rows, n], 2), floats([rows, n], 3), floats([n], 4)];
      const [a, b, c, stats] = [1, 2, 3, 4].map(() => floats([rows, n]));
      const [losses, lse, pairs] = [floats([rows]), floats([rows]), floats([rows, 2])];
      const [dweight, dbias] = [floats([n]), floats([n])];
      kernels.softmax(a!, x, rows, n);
      kernels.logSoftmaxGrad(b!, dy, a!, rows, n);
      kernels.crossEntropy(losses, lse, x, ints([rows], n, 5), -1, 0.1);
      kernels.layerNorm(c!, pairs, x, weight, weight, 1e-5);
      kernels.layerNormGrad(stats!, dy, x, weight, pairs);
      kernels.layerNormParamGrad(dweight, dbias, dy, x, pairs);
      return [a!, b!, losses, lse, c!, pairs, stats!, dweight, dbias];
    });
  });

  it.each(ROWS)("gathers and scatters of %i rows of %i", (rows, n) => {
    agree(({ kernels, floats, ints }) => {
      const [table, x, out] = [floats([40, n], 2), floats([rows, n], 3), floats([rows, n])];
      const index = ints([rows], 40, 4);
      const [columns, target] = [ints([rows, n], 3, 5), floats([3, n], 6)];
      kernels.gatherRows(out, table, index);
      kernels.scatterAddRows(table, index, x);
      kernels.scatter(target, columns, x, 1, 3, rows, n, true);
      return [out, table, target];
    });
  });

  it.each(ROWS)("segments and experts of %i rows of %i", (rows, n) => {
    agree(({ kernels, floats, ints, list }) => {
      const x = floats([rows, n], 2);
      const offsets = list([0, Math.floor(rows / 3), Math.floor(rows / 3), rows]);
      const [sums, maxima, shares] = [floats([3, n]), floats([3, n]), floats([rows, n])];
      kernels.segmentReduce("mean", sums, x, offsets, null, null);
      kernels.segmentReduce("max", maxima, x, offsets, ints([rows], rows, 3), floats([rows], 4));
      kernels.segmentSoftmax(shares, x, offsets);
      const [order, inverse, starts] = [ints([rows * 2], 1), ints([rows * 2], 1), ints([5], 1)];
      const [spread, combined] = [floats([rows * 2, n]), floats([rows, n])];
      kernels.countingSort(order, inverse, starts, ints([rows * 2], 4, 5), 4);
      kernels.expandRows(spread, x, order, 2, floats([rows * 2], 6));
      kernels.combineRows(combined, spread, inverse, floats([rows, 2], 7));
      return [sums, maxima, shares, order, inverse, starts, spread, combined];
    });
  });

  it.each(SIZES)("optimiser steps over parameters of %i elements and fewer", (n) => {
    agree(({ kernels, floats }) => {
      const sizes = [n, 1, Math.ceil(n / 2), 3];
      const total = sizes.reduce((a, b) => a + b, 0);
      const slots = sizes.map((size, i) => ({
        parameter: floats([size], i + 2),
        gradient: floats([size], i + 20),
        weightDecay: 0.1 * i,
        lrScale: 1 + i,
      }));
      const [m, v, buffer, norms] = [
        floats([total]),
        floats([total], 9),
        floats([total]),
        floats([4]),
      ];
      kernels.unary("square", v, v, 0);
      const steps = { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8 };
      kernels.adamw(slots, m, v, null, { ...steps, biasCorrection1: 0.1, biasCorrection2: 0.01 });
      const momentum = { lr: 0.1, momentum: 0.9, dampening: 0, nesterov: true, firstStep: false };
      kernels.sgd(slots, buffer, floats([1], 5), momentum);
      kernels.squaredNorms(
        norms,
        slots.map(({ parameter }) => parameter),
      );
      return [m, v, buffer, norms, ...slots.map(({ parameter }) => parameter)];
    });
  });
});
