import type { Agreement } from "../agreement";
import { pairs } from "../numbers";
import type { Scene } from "../scene";
import { FORMULA, SUM } from "../tolerances";

/** The last are more than a kernel of a GPU takes at once. */
const SLOTS = [
  [1],
  [3, 4, 5],
  [0, 7, 1],
  [33, 65, 130, 1, 8],
  [],
  Array.from({ length: 29 }, (_, i) => (i * 5) % 7),
];
const LARGE = [70_001, 9];

/** Parameters with gradients; every second one without decay, every third one slower. */
const slotsOf = (s: Scene, sizes: readonly number[]) =>
  sizes.map((n, i) => ({
    parameter: s.inout([n]),
    gradient: s.input([n]),
    weightDecay: i % 2 === 0 ? 0.1 : 0,
    lrScale: i % 3 === 2 ? 0.5 : 1,
  }));

const total = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);

export function optimiserCases({ agrees }: Agreement): void {
  agrees("squaredNorms takes views of every size", { ...SUM, rtol: 1e-5 }, SLOTS, (s, sizes) =>
    s.kernels.squaredNorms(
      s.output([sizes.length]),
      sizes.map((n) => s.input([n])),
    ),
  );
  agrees("adamw steps every slot", FORMULA, pairs(pairs(SLOTS, [1, 10]), [false, true]), (s, p) => {
    const [[sizes, step], hasScale] = p;
    const [m, v] = [s.inout([total(sizes)]), s.inout([total(sizes)], { low: 0.01, high: 2 })];
    const gradScale = hasScale ? s.input([1], { low: 0.1, high: 0.9 }) : null;
    s.kernels.adamw(slotsOf(s, sizes), m, v, gradScale, {
      lr: 0.01,
      beta1: 0.9,
      beta2: 0.99,
      eps: 1e-8,
      biasCorrection1: 1 - 0.9 ** step,
      biasCorrection2: 1 - 0.99 ** step,
    });
  });
  agrees("optimisers are whole on large parameters", FORMULA, [LARGE], (s, sizes) => {
    const [m, v] = [s.inout([total(sizes)]), s.inout([total(sizes)], { low: 0.01, high: 2 })];
    const rates = { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8 };
    const options = { ...rates, biasCorrection1: 0.19, biasCorrection2: 0.02 };
    s.kernels.adamw(slotsOf(s, sizes), m, v, null, options);
    s.kernels.sgd(slotsOf(s, sizes), s.inout([total(sizes)]), null, {
      lr: 0.1,
      momentum: 0.9,
      dampening: 0,
      nesterov: false,
      firstStep: false,
    });
    s.kernels.squaredNorms(
      s.output([2]),
      sizes.map((n) => s.input([n])),
    );
  });
  agrees("adamw's first step from zero moments is lr long", FORMULA, [9], (s, n) => {
    const zeros = { values: new Array(n).fill(0) };
    const slots = slotsOf(s, [n]);
    const options = { lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8 };
    s.kernels.adamw(slots, s.inout([n], zeros), s.inout([n], zeros), null, {
      ...options,
      biasCorrection1: 0.1,
      biasCorrection2: 0.001,
    });
  });
  const flags = pairs(pairs([false, true], [false, true]), [false, true]);
  agrees("sgd steps every slot in each of its forms", FORMULA, pairs(SLOTS, flags), (s, p) => {
    const [sizes, [[nesterov, firstStep], hasScale]] = p;
    const gradScale = hasScale ? s.input([1], { low: 0.1, high: 0.9 }) : null;
    const dampening = nesterov ? 0 : 0.2;
    s.kernels.sgd(slotsOf(s, sizes), s.inout([total(sizes)]), gradScale, {
      lr: 0.1,
      momentum: 0.9,
      dampening,
      nesterov,
      firstStep,
    });
    s.kernels.sgd(slotsOf(s, sizes), null, gradScale, {
      lr: 0.1,
      momentum: 0,
      dampening: 0,
      nesterov: false,
      firstStep,
    });
  });
}
