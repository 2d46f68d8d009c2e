/** @file Tables of runs drawn from known laws. */
import { mersenne } from "pure-rand/generator/mersenne";
import type { Run } from "../../src/index";

/** A seeded source of uniform numbers in [0, 1). */
export function seeded(seed: number): () => number {
  const generator = mersenne(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}

/** A standard normal number, by Box and Muller. */
export const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** L(M, D) = E + A/M^alpha + B/D^beta. */
export interface Truth {
  E: number;
  A: number;
  alpha: number;
  B: number;
  beta: number;
}

/** A law whose optimum is k·C^a exactly, with reducible loss 0.6 at C = 1e18. */
export function truthWith(k: number, a: number, alpha = 0.28): Truth {
  const beta = (alpha * a) / (1 - a);
  const model = k * 1e18 ** a;
  const reducible = 0.6;
  return {
    E: 0.5,
    A: ((reducible * beta) / (alpha + beta)) * model ** alpha,
    alpha,
    B: ((reducible * alpha) / (alpha + beta)) * (1e18 / model) ** beta,
    beta,
  };
}

/** DeepSeek LLM's published allocation as the truth. */
export const deepseekTruth = truthWith(0.1715, 0.5243);

/** M in Chinchilla's published law, its N being M / 6. */
export const chinchillaTruth: Truth = {
  E: 1.69,
  A: 406.4 * 6 ** 0.34,
  alpha: 0.34,
  B: 410.7,
  beta: 0.28,
};

/** The best M of a budget. */
export function bestModel({ A, alpha, B, beta }: Truth, flops: number): number {
  return (((alpha * A) / (beta * B)) * flops ** beta) ** (1 / (alpha + beta));
}

/** The exponent of the best M over C. */
export const modelExponent = ({ alpha, beta }: Truth): number => beta / (alpha + beta);

/**
 * IsoFLOP runs: `budgets` from 1e17 over three decades, at each `sizes` models from a quarter to four times the best, with relative
 * normal noise of the loss. `drift` moves the middle of the sizes by that factor from the first budget to the last.
 */
export function isoFlopRuns(
  truth: Truth,
  {
    noise,
    random,
    budgets = 8,
    sizes = 9,
    drift = 1,
  }: { noise: number; random: () => number; budgets?: number; sizes?: number; drift?: number },
): Run[] {
  return Array.from({ length: budgets }, (_, i) => {
    const share = i / (budgets - 1);
    const flops = 1e17 * 1000 ** share;
    const middle = bestModel(truth, flops) * drift ** (share - 0.5);
    return Array.from({ length: sizes }, (_, j) => {
      const model = middle * 4 ** ((2 * j) / (sizes - 1) - 1);
      const tokens = flops / model;
      const { E, A, alpha, B, beta } = truth;
      const loss = E + A / model ** alpha + B / tokens ** beta;
      return { flops, model, tokens, loss: loss * (1 + noise * normal(random)) };
    });
  }).flat();
}

/** Grids over batch and rate: a bowl in both logarithms around known laws, at several budgets. */
export function hyperGridRuns({
  noise,
  random,
  budgets = 6,
  batch = { coefficient: 0.292, exponent: 0.3271 },
  rate = { coefficient: 0.3118, exponent: -0.125 },
}: {
  noise: number;
  random: () => number;
  budgets?: number;
  batch?: { coefficient: number; exponent: number };
  rate?: { coefficient: number; exponent: number };
}): Run[] {
  const steps = [-3, -2, -1, 0, 1, 2, 3];
  return Array.from({ length: budgets }, (_, i) => {
    const flops = 1e17 * 200 ** (i / (budgets - 1));
    const [bestBatch, bestRate] = [batch, rate].map(
      (law) => law.coefficient * flops ** law.exponent,
    );
    const model = 0.1715 * flops ** 0.5243;
    return steps.flatMap((b) =>
      steps.map((r) => {
        const loss = 3 * (1 + 0.001 * (b ** 2 + r ** 2)) * (1 + noise * normal(random));
        const batchTokens = bestBatch! * 2 ** (b / 2);
        return {
          flops,
          model,
          tokens: flops / model,
          loss,
          batchTokens,
          lr: bestRate! * 2 ** (r / 2),
        };
      }),
    );
  }).flat();
}
