import type { LossLaw, PointLaw, PowerLaw } from "./law";

/** `coefficient · x^exponent`. */
export const powerAt = ({ coefficient, exponent }: PowerLaw<number>, x: number): number =>
  coefficient * x ** exponent;

/** `floor + coefficient · C^exponent`. */
const lossAt = (law: LossLaw<number>, flops: number): number => law.floor + powerAt(law, flops);

/** The C at which a power law has the value `y`: (y / coefficient)^(1 / exponent). */
export const powerInverse = ({ coefficient, exponent }: PowerLaw<number>, y: number): number =>
  (y / coefficient) ** (1 / exponent);

/** The values of a law at a budget, as plain numbers; null if the law has no such part. */
export function evaluateLaw(law: PointLaw, flops: number) {
  const { allocation, batchSize, learningRate, loss } = law;
  return {
    model: allocation && powerAt(allocation.model, flops),
    tokens: allocation && powerAt(allocation.data, flops),
    batchTokens: batchSize && powerAt(batchSize, flops),
    learningRate: learningRate && powerAt(learningRate, flops),
    loss: loss && lossAt(loss, flops),
  };
}

/** How far a budget lies outside a range: 1 inside, else the factor to its nearer end. */
export const extrapolationFactor = (
  flops: number,
  [low, high]: readonly [number, number],
): number => Math.max(1, flops / high, low / flops);
