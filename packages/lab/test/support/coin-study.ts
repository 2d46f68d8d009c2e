import { measure, type RunContext, type RunEvent, study, type Variant } from "@deepgrain/lab";

export interface CoinSettings {
  steps: number;
}

export interface CoinResult {
  score: number;
  curve: { x: number; y: number }[];
}

export interface CoinVariant extends Variant {
  bias: number;
}

export const score = measure("score", (result: CoinResult) => result.score);

/** A number in [0, 1) that depends on the seed alone. */
export const noise = (seed: number) => Math.abs(Math.sin(12.9898 * seed) * 43758.5453) % 1;

/** Follows a seed for some steps: the score is the bias and a little noise of the seed. */
export async function* flip(
  { bias }: CoinVariant,
  seed: number,
  { settings }: RunContext<CoinSettings>,
): AsyncGenerator<RunEvent, CoinResult, void> {
  const curve = [];
  for (let step = 1; step <= settings.steps; step++) {
    curve.push({ x: step, y: bias + noise(seed) / step });
    yield { type: "progress", done: step / settings.steps, message: `step ${step}` };
  }
  return { score: bias + 0.1 * noise(seed * bias + seed), curve };
}

/** Two coins, of which the second is the better one. */
export const coins = study({
  name: "coins",
  title: "Two coins",
  settings: { steps: 3 },
  variants: [
    { id: "fair", name: "Fair", bias: 1 },
    { id: "loaded", name: "Loaded", bias: 2 },
  ] as CoinVariant[],
  run: flip,
  claims: [
    {
      lower: score("fair"),
      higher: score("loaded"),
      margin: 0.1,
      paper: "1 < 2",
      primary: {
        sentence: "A loaded coin scores more",
        words: "scores more",
        seeds: 3,
        named: "after the run",
      },
    },
  ],
  unasked: [{ sentence: "It never ends", paper: "not given", why: "nobody has the time" }],
});
