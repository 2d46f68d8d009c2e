import { expect, it } from "vitest";
import { FORMULA } from "../tolerances";
import type { Bench } from "./bench";

export function optimiserFacts({ kernels, floats, empty, read }: Bench): void {
  it("squaredNorms of (3, 4) and of nothing", async () => {
    const out = empty([2]);
    kernels.squaredNorms(out, [floats([2], [3, 4]), empty([0])]);
    expect(await read(out)).toEqual([25, 0]);
  });

  it("adamw's first step is a decay by lr·λ and a step of lr against the gradient's sign", async () => {
    const [p, g] = [floats([2], [1, -2]), floats([2], [0.5, -3])];
    const [m, v] = [floats([2], [0, 0]), floats([2], [0, 0])];
    const slot = { parameter: p, gradient: g, weightDecay: 0.1, lrScale: 1 };
    const options = { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 0 };
    kernels.adamw([slot], m, v, null, { ...options, biasCorrection1: 0.1, biasCorrection2: 0.01 });
    expect(await read(p)).toBeAllclose([0.999 - 0.01, -1.998 + 0.01], FORMULA);
    expect(await read(m)).toBeAllclose([0.05, -0.3], FORMULA);
    expect(await read(v)).toBeAllclose([0.0025, 0.09], FORMULA);
  });

  it("adamw scales gradients and each slot's rate, and uses eps beside the root", async () => {
    const [a, b] = [floats([1], [1]), floats([1], [1])];
    const slots = [
      { parameter: a, gradient: floats([1], [4]), weightDecay: 0, lrScale: 1 },
      { parameter: b, gradient: floats([1], [4]), weightDecay: 0, lrScale: 0.5 },
    ];
    const options = { lr: 0.1, beta1: 0.5, beta2: 0.5, eps: 2 };
    const moments = [floats([2], [2, 2]), floats([2], [4, 4])] as const;
    const corrections = { biasCorrection1: 0.75, biasCorrection2: 0.75 };
    kernels.adamw(slots, ...moments, floats([1], [0.5]), { ...options, ...corrections });
    // g = 2, m = 2, v = 4, step = (2/0.75) / (√(4/0.75) + 2)
    const step = 2 / 0.75 / (Math.sqrt(4 / 0.75) + 2);
    expect(await read(a)).toBeAllclose([1 - 0.1 * step], FORMULA);
    expect(await read(b)).toBeAllclose([1 - 0.05 * step], FORMULA);
    expect(await read(moments[0])).toBeAllclose([2, 2], FORMULA);
  });

  it("sgd's two steps with momentum, dampening and decay, by hand", async () => {
    const [p, buffer] = [floats([1], [1]), floats([1], [7])];
    const slot = { parameter: p, gradient: floats([1], [2]), weightDecay: 0.5, lrScale: 2 };
    const options = { lr: 0.05, momentum: 0.9, dampening: 0.5, nesterov: false };
    kernels.sgd([slot], buffer, null, { ...options, firstStep: true }); // g = 2.5
    expect(await read(buffer)).toBeAllclose([2.5], FORMULA);
    expect(await read(p)).toBeAllclose([0.75], FORMULA);
    kernels.sgd([slot], buffer, null, { ...options, firstStep: false }); // g = 2.375
    expect(await read(buffer)).toBeAllclose([0.9 * 2.5 + 0.5 * 2.375], FORMULA);
    expect(await read(p)).toBeAllclose([0.75 - 0.1 * 3.4375], FORMULA);
  });

  it("sgd with Nesterov's momentum, and without any", async () => {
    const [p, buffer] = [floats([1], [1]), floats([1], [10])];
    const slot = { parameter: p, gradient: floats([1], [4]), weightDecay: 0, lrScale: 1 };
    const plain = { lr: 0.1, momentum: 0, dampening: 0, nesterov: false, firstStep: false };
    kernels.sgd([slot], buffer, floats([1], [0.5]), { ...plain, momentum: 0.5, nesterov: true });
    expect(await read(buffer)).toBeAllclose([7], FORMULA); // 0.5·10 + 2
    expect(await read(p)).toBeAllclose([1 - 0.1 * (2 + 3.5)], FORMULA);
    kernels.sgd([slot], null, null, plain);
    expect(await read(p)).toBeAllclose([0.45 - 0.4], FORMULA);
  });
}
