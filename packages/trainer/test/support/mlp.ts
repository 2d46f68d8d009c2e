import { Generator, mseLoss, nn, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import type { FitConfig, TrainingData } from "../../src";

/** A perceptron with one hidden layer, 3 → 8 → 1. */
export class Mlp extends nn.Module {
  first: nn.Linear;
  second: nn.Linear;

  constructor(seed = 1) {
    super();
    const generator = new Generator(seed);
    this.first = new nn.Linear(3, 8, { generator });
    this.second = new nn.Linear(8, 1, { generator });
  }

  forward(x: Tensor): Tensor {
    return this.second.forward(this.first.forward(x).tanh());
  }
}

export interface Points {
  x: Float32Array;
  y: Float32Array;
  count: number;
}

/** y = x₀·x₁ − x₂ at four points, which depend on the position alone. */
export const points = {
  batch(position: number): Points {
    const count = 4;
    const x = Float32Array.from({ length: 3 * count }, (_, i) => Math.sin(1 + i * 1.7 + position));
    const y = Float32Array.from(
      { length: count },
      (_, row) => x[3 * row]! * x[3 * row + 1]! - x[3 * row + 2]!,
    );
    return { x, y, count };
  },
} satisfies TrainingData<Points>;

/** Mean squared error of an MLP on points. */
export const squaredError =
  (model: Mlp) =>
  ({ x, y, count }: Points): Tensor =>
    mseLoss(model.forward(tensor(x, { shape: [count, 3] })), tensor(y, { shape: [count, 1] }));

/** Six steps of an MLP on points, at a falling rate. */
export const sixSteps = (model: Mlp): FitConfig<Points> => ({
  data: points,
  loss: squaredError(model),
  steps: 6,
  lr: (step) => 0.05 / (1 + step),
});

/** All numbers of a module, by name. */
export const numbersOf = (module: nn.Module): Record<string, number[]> =>
  Object.fromEntries(
    [...module.namedTensors()].map(([name, tensor]) => [
      name,
      Array.from(tensor.dataSync() as Float32Array),
    ]),
  );
