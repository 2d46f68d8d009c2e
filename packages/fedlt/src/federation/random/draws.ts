import { functionOf } from "../../errors";
import type { Random } from "./stream";

/** An integer from 0 to `below` − 1. */
export function drawInteger(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** The items in random order; the input is not changed (Fisher–Yates). */
export function shuffled<T>(items: Iterable<T>, random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = drawInteger(random, i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** `count` of the items without replacement, in the order of the input; all of them when there are fewer. */
export function sampled<T>(items: readonly T[], count: number, random: Random): T[] {
  if (count >= items.length) return [...items];
  const chosen = shuffled(items.keys(), random).slice(0, count);
  return chosen.sort((a, b) => a - b).map((i) => items[i]!);
}

/** A standard normal number (Box–Muller). */
export function drawNormal(random: Random): number {
  functionOf("drawNormal", "random", random);
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/**
 * The logarithm of a Gamma(shape, 1) number, which also works for shapes far below 1, where the number itself underflows.
 * @see Marsaglia and Tsang 2000; shapes below 1 by their section 6: Γ(a) = Γ(a + 1)·U^(1/a)
 */
function drawLogGamma(shape: number, random: Random): number {
  if (shape < 1) return drawLogGamma(shape + 1, random) + Math.log(1 - random()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}

/**
 * One draw from a Dirichlet distribution.
 *
 * @param concentrations each at least 0; entries of 0 get a share of exactly 0
 * @returns shares that sum to 1
 */
export function drawDirichlet(concentrations: readonly number[], random: Random): number[] {
  const logs = concentrations.map((a) => (a > 0 ? drawLogGamma(a, random) : -Infinity));
  const largest = Math.max(...logs);
  const weights = logs.map((value) => (value === -Infinity ? 0 : Math.exp(value - largest)));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}
