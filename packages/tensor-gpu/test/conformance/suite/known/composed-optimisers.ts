/** @file Adam, RMSprop and Adagrad in all their forms against PyTorch's formulas in double precision, and three steps by hand. */
import { expect, it } from "vitest";
import * as dg from "../../../../src";
import { FORMULA } from "../tolerances";
import type { Bench } from "./bench";
import { drawn, onBackend } from "./operator-results";

/** One number's step t with gradient g: the new number. It keeps its own state. */
type Rule = (p: number, g: number, t: number) => number;
type Optimiser = dg.optim.AdamW | dg.optim.Adam | dg.optim.RMSprop | dg.optim.Adagrad;

const [LR, DECAY, EPS] = [0.1, 0.3, 0.01];

const adam = (isDecoupled: boolean, amsgrad: boolean) => (): Rule => {
  let [m, v, largest] = [0, 0, 0];
  return (p, gradient, t) => {
    const g = isDecoupled ? gradient : gradient + DECAY * p;
    m = 0.8 * m + 0.2 * g;
    v = 0.9 * v + 0.1 * g * g;
    largest = Math.max(largest, v);
    const spread = Math.sqrt((amsgrad ? largest : v) / (1 - 0.9 ** t)) + EPS;
    return p * (isDecoupled ? 1 - LR * DECAY : 1) - (LR * m) / (1 - 0.8 ** t) / spread;
  };
};

const rmsprop = (centered: boolean, momentum: number) => (): Rule => {
  let [square, average, buffer] = [0, 0, 0];
  return (p, gradient) => {
    const g = gradient + DECAY * p;
    square = 0.8 * square + 0.2 * g * g;
    average = 0.8 * average + 0.2 * g;
    const direction = g / (Math.sqrt(square - (centered ? average ** 2 : 0)) + EPS);
    buffer = momentum * buffer + direction;
    return p - LR * buffer;
  };
};

const adagrad = (): Rule => {
  let sum = 0.5;
  return (p, gradient, t) => {
    const g = gradient + DECAY * p;
    sum += g * g;
    return p - ((LR / (1 + (t - 1) * 0.2)) * g) / (Math.sqrt(sum) + EPS);
  };
};

const shared = { lr: LR, weightDecay: DECAY, eps: EPS };
const adams = { ...shared, betas: [0.8, 0.9] } as const;
const CASES: { name: string; make: (p: dg.Tensor[]) => Optimiser; rule: () => Rule }[] = [
  { name: "Adam", make: (p) => new dg.optim.Adam(p, adams), rule: adam(false, false) },
  {
    name: "Adam with amsgrad",
    make: (p) => new dg.optim.Adam(p, { ...adams, amsgrad: true }),
    rule: adam(false, true),
  },
  { name: "AdamW", make: (p) => new dg.optim.AdamW(p, adams), rule: adam(true, false) },
  {
    name: "AdamW with amsgrad",
    make: (p) => new dg.optim.AdamW(p, { ...adams, amsgrad: true }),
    rule: adam(true, true),
  },
  ...[false, true].flatMap((centered) =>
    [0, 0.7].map((momentum) => ({
      name: `RMSprop${centered ? ", centered" : ""}, momentum ${momentum}`,
      make: (p: dg.Tensor[]) =>
        new dg.optim.RMSprop(p, { ...shared, alpha: 0.8, centered, momentum }),
      rule: rmsprop(centered, momentum),
    })),
  ),
  {
    name: "Adagrad",
    make: (p) => new dg.optim.Adagrad(p, { ...shared, lrDecay: 0.2, initialAccumulator: 0.5 }),
    rule: adagrad,
  },
];

const SHAPES = [[3], [2, 2], [4]] as const;
/** The third step's gradients are small, so that the largest second moment is an older one. */
const gradientAt = (i: number, t: number) =>
  drawn(`gradient ${i} ${t}`, SHAPES[i]!).values.map((g) => (t === 3 ? g / 50 : g));

export function composedOptimiserFacts({ backend }: Bench): void {
  it.each(CASES)("$name steps as its formula, and clips", async ({ make, rule }) => {
    await onBackend(backend, async () => {
      const before = SHAPES.map((shape, i) => drawn(`parameter ${i}`, shape).values);
      const lift = (values: readonly number[], i: number) =>
        dg
          .tensor([...values])
          .reshape(SHAPES[i]!)
          .clone()
          .detach();
      const parameters = before.map((values, i) => lift(values, i).requireGrad());
      const optimizer = make(parameters);
      const rules = before.map((values) => values.map(rule));
      const expected = before.map((values) => [...values]);
      for (let t = 1; t <= 4; t++) {
        const all = SHAPES.map((_, i) => gradientAt(i, t));
        const norm = Math.hypot(...all[0]!, ...all[2]!);
        const factor = t === 4 ? Math.min(1, 0.5 / (norm + 1e-6)) : 1;
        // The one in the middle has no gradient and stays.
        for (const i of [0, 2]) {
          parameters[i]!.grad = lift(all[i]!, i);
          expected[i] = expected[i]!.map((p, k) => rules[i]![k]!(p, all[i]![k]! * factor, t));
        }
        optimizer.step(t === 4 ? { maxGradNorm: 0.5 } : {});
        optimizer.zeroGrad();
      }
      for (const [i, parameter] of parameters.entries())
        expect(await parameter.data(), `parameter ${i}`).toBeAllclose(expected[i]!, FORMULA);
    });
  });

  it("amsgrad's three steps by hand", async () => {
    await onBackend(backend, async () => {
      const p = dg.tensor([1]).requireGrad();
      const options = { lr: 1, betas: [0, 0.5], eps: 0, amsgrad: true } as const;
      const optimizer = new dg.optim.Adam([p], options);
      // v: 2, 1.125, 0.6875; the largest stays 2. Corrected by 1/2, 3/4, 7/8: roots of 4, 8/3, 16/7.
      const steps = [2 / 2, 0.5 / Math.sqrt(8 / 3), 0.5 / Math.sqrt(16 / 7)];
      let expected = 1;
      for (const [t, gradient] of [2, 0.5, 0.5].entries()) {
        p.grad = dg.tensor([gradient]);
        optimizer.step();
        optimizer.zeroGrad();
        expected -= steps[t]!;
        expect(await p.data()).toBeAllclose([expected], FORMULA);
      }
      const { vMax } = await optimizer.state();
      expect(Array.from(vMax!)).toEqual([2]);
    });
  });
}
