/**
 * @file How often the 95 % intervals contain the truth, how wide they are, and how long a fit takes. Run: `pnpm bench`.
 * Synthetic runs from known laws; every line says what was drawn.
 */
import { mersenne } from "pure-rand/generator/mersenne";
import { fitParametric, fitReport, fitRuns, type Quantity } from "../src/index";
import {
  chinchillaTruth,
  deepseekTruth,
  hyperGridRuns,
  isoFlopRuns,
  modelExponent,
} from "../test/support/synthetic";

const DRAWS = Number(process.argv[2] ?? 100);

const seeded = (seed: number) => {
  const generator = mersenne(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
};

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

function report(name: string, fits: { quantity: Quantity; truth: number }[]) {
  const holds = ({ quantity: { lower, upper }, truth }: (typeof fits)[number]) =>
    lower! <= truth && truth <= upper!;
  const near = fits.filter(({ quantity, truth }) => Math.abs(quantity.value - truth) <= 0.01);
  const width = median(fits.map(({ quantity }) => quantity.upper! - quantity.lower!));
  console.log(
    `${name}: ${fits.filter(holds).length} of ${fits.length} intervals contain the truth, median width ${width.toFixed(4)}, ${near.length} within 0.01`,
  );
}

const draws = Array.from({ length: DRAWS }, (_, i) => i + 1);

for (const [name, truth] of [
  ["DeepSeek's law", deepseekTruth],
  ["Chinchilla's law", chinchillaTruth],
] as const)
  for (const drift of [1, 4])
    for (const noise of [0.0005, 0.003]) {
      const a = modelExponent(truth);
      const fits = draws.map((seed) => {
        const random = seeded(seed);
        return fitRuns(isoFlopRuns(truth, { noise, random, drift }), { random });
      });
      const where = `${name}, noise ${noise * 100} %, sizes ${drift === 1 ? "centred" : `drifting by ${drift}`}`;
      report(
        `${where}: model exponent`,
        fits.map(({ allocation }) => ({ quantity: allocation!.model.exponent, truth: a })),
      );
      report(
        `${where}: data exponent`,
        fits.map(({ allocation }) => ({ quantity: allocation!.data.exponent, truth: 1 - a })),
      );
    }

for (const noise of [0.0005, 0.003]) {
  const fits = draws.map((seed) => {
    const random = seeded(seed);
    return fitRuns(hyperGridRuns({ noise, random }), { random, resamples: 300 });
  });
  const where = `7 × 7 grids at 6 budgets, noise ${noise * 100} %`;
  report(
    `${where}: batch exponent`,
    fits.map(({ batchSize }) => ({ quantity: batchSize!.exponent, truth: 0.3271 })),
  );
  report(
    `${where}: rate exponent`,
    fits.map(({ learningRate }) => ({ quantity: learningRate!.exponent, truth: -0.125 })),
  );
}

const random = seeded(7);
const runs = isoFlopRuns(deepseekTruth, { noise: 0.003, random });
let start = performance.now();
fitReport(runs, { random });
console.log(`fitReport, 72 runs, 1000 resamples: ${Math.round(performance.now() - start)} ms`);
start = performance.now();
for await (const event of fitParametric(runs, { random }))
  if (event.type === "fit-end") {
    const { exponent } = event.fit.allocation.model;
    console.log(
      `fitParametric, 72 runs, 48 starts, 200 resamples: ${Math.round(performance.now() - start)} ms; model exponent ${exponent.value.toFixed(4)} (${exponent.lower!.toFixed(4)} to ${exponent.upper!.toFixed(4)})`,
    );
  }
