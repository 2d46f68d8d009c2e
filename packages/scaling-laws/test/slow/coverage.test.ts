import { expect, it } from "vitest";
import { fitRuns, type Quantity } from "../../src/index";
import {
  chinchillaTruth,
  deepseekTruth,
  hyperGridRuns,
  isoFlopRuns,
  modelExponent,
  seeded,
} from "../support/synthetic";

const DRAWS = Array.from({ length: 100 }, (_, i) => i + 1);

const contains = ({ lower, upper }: Quantity, truth: number) => lower! <= truth && truth <= upper!;

/** Prints and returns how many of the intervals contain the truth, and their median width. */
function coverage(name: string, intervals: Quantity[], truth: number): number {
  const held = intervals.filter((interval) => contains(interval, truth)).length;
  const widths = intervals.map(({ lower, upper }) => upper! - lower!).sort((a, b) => a - b);
  process.stdout.write(
    `${name}: ${held} of ${intervals.length} contain the truth, median width ${widths[50]!.toFixed(4)}\n`,
  );
  return held;
}

it.each([
  ["DeepSeek's law", deepseekTruth],
  ["Chinchilla's law", chinchillaTruth],
])(
  "contains both true exponents of %s in 85 to 99 of 100 draws with relative noise of 0.003",
  (name, truth) => {
    const laws = DRAWS.map((seed) => {
      const random = seeded(seed);
      return fitRuns(isoFlopRuns(truth, { noise: 0.003, random }), { random, resamples: 400 });
    });
    const a = modelExponent(truth);
    const held = [
      coverage(
        `${name}, model exponent`,
        laws.map(({ allocation }) => allocation!.model.exponent),
        a,
      ),
      coverage(
        `${name}, data exponent`,
        laws.map(({ allocation }) => allocation!.data.exponent),
        1 - a,
      ),
    ];
    for (const count of held) {
      expect(count).toBeGreaterThanOrEqual(85);
      expect(count).toBeLessThanOrEqual(99);
    }
  },
);

it("contains the true exponents of batch and rate in 85 to 99 of 100 draws", () => {
  const laws = DRAWS.map((seed) => {
    const random = seeded(1000 + seed);
    return fitRuns(hyperGridRuns({ noise: 0.0005, random }), { random, resamples: 100 });
  });
  const held = [
    coverage(
      "Batch exponent",
      laws.map(({ batchSize }) => batchSize!.exponent),
      0.3271,
    ),
    coverage(
      "Rate exponent",
      laws.map(({ learningRate }) => learningRate!.exponent),
      -0.125,
    ),
  ];
  for (const count of held) {
    expect(count).toBeGreaterThanOrEqual(85);
    expect(count).toBeLessThanOrEqual(99);
  }
});
