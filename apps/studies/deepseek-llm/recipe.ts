import { decoderWidth, flopsPerToken, wholeSteps } from "@deepgrain/scaling-laws";

/** `at · (C / 4e9)^exponent`: where the grids of a sweep are laid. */
export interface Guess {
  at: number;
  exponent: number;
}

/** Sizes of a sweep. The same for all its trainings. */
export interface SweepSettings {
  /** Training FLOPs C = M·D of the grids, lowest first. */
  budgets: number[];
  /** Budget of the run that is predicted and then trained. */
  heldOut: number;
  /** Models per budget, from a quarter to four times the guessed best M. */
  sizes: number;
  layers: number;
  /** Bytes of a sequence, S. */
  sequenceLength: number;
  /** M of the best model, tokens of a batch and peak rate, from a pilot: the grids lie around them. */
  guesses: Record<"model" | "batchTokens" | "lr", Guess>;
  /** Budgets at which rate and batch are varied. */
  hyperBudgets: number[];
  /** Peak rates and tokens of a batch that are tried there, each with the guess for the other; at the second budget all pairs. */
  rates: number[];
  batches: number[];
  /** Share of the second corpus' training bytes that are replaced at random. */
  noise: number;
  /** Budget of the shorter training of the schedules; the longer one has twice its tokens. */
  scheduleBudget: number;
  /** Maximum size of the text. */
  characters: number;
  /** Held-out windows of the final measurement. */
  validationWindows: number;
  /** Profiles that a law needs. */
  minBudgets: number;
}

/** Bytes. */
export const VOCABULARY = 256;

/** Relative excess of loss that counts as near-optimal: 1 % where the paper, whose runs scatter less, takes 0.25 %. */
export const BAND = 0.01;

const standard: SweepSettings = {
  budgets: [2e9, 4e9, 8e9, 1.6e10, 3.2e10],
  heldOut: 1.28e11,
  sizes: 5,
  layers: 2,
  // 6N2 would be M itself at 64, as 6·256 = 12·2·64.
  sequenceLength: 32,
  guesses: {
    model: { at: 40_000, exponent: 0.35 },
    batchTokens: { at: 128, exponent: 0.33 },
    lr: { at: 1.2e-2, exponent: -0.125 },
  },
  hyperBudgets: [2e9, 8e9, 3.2e10],
  rates: [4e-3, 8e-3, 1.6e-2, 3.2e-2],
  batches: [64, 128, 256, 512],
  noise: 0.3,
  scheduleBudget: 8e9,
  characters: 12_000_000,
  validationWindows: 512,
  minBudgets: 3,
};

/** Sizes by name. */
export const sweepSettings = {
  quick: {
    ...standard,
    budgets: [1e9, 2e9, 4e9],
    heldOut: 1.6e10,
    hyperBudgets: [1e9, 2e9, 4e9],
    rates: [5e-3, 1e-2, 2e-2],
    batches: [64, 128, 256],
    scheduleBudget: 1e9,
    characters: 2_000_000,
    validationWindows: 256,
  },
  default: standard,
  full: {
    ...standard,
    budgets: [...standard.budgets, 1.28e11, 2.56e11],
    heldOut: 1.024e12,
    sizes: 8,
    sequenceLength: 128,
  },
} satisfies Record<string, SweepSettings>;

/** Paired seeds of each size: each of them is a sweep of its own. */
export const seedCounts = { quick: 2, default: 5, full: 5 };

/** A guess at a budget. */
export const guessAt = ({ at, exponent }: Guess, flops: number): number =>
  at * (flops / 4e9) ** exponent;

/** The even width, 4 at least, whose M comes nearest to the wanted one. */
export const widthFor = (
  model: number,
  { layers, sequenceLength }: Pick<SweepSettings, "layers" | "sequenceLength">,
) => decoderWidth(model, { layers, sequenceLength, multiple: 2, least: 4 });

/** Different widths around the guessed best one of a budget, narrowest first. */
export function widthsAt(settings: SweepSettings, flops: number): number[] {
  const { sizes, guesses } = settings;
  const best = guessAt(guesses.model, flops);
  const widths = Array.from({ length: sizes }, (_, i) =>
    widthFor(best * 4 ** ((2 * i) / (sizes - 1) - 1), settings),
  );
  return [...new Set(widths)];
}

/** The settings of one training. */
export interface TrainingShape {
  width: number;
  steps: number;
  /** Sequences of a batch. */
  batch: number;
  /** Peak of the schedule. */
  lr: number;
}

/** A training that spends a budget on a width, with the guessed batch and rate times the factors. */
export function shapeAt(
  settings: SweepSettings,
  flops: number,
  {
    width,
    batchTokens = guessAt(settings.guesses.batchTokens, flops),
    lr = guessAt(settings.guesses.lr, flops),
  }: { width: number; batchTokens?: number; lr?: number },
): TrainingShape {
  const { layers, sequenceLength } = settings;
  const tokens = flops / flopsPerToken({ layers, width, sequenceLength });
  const { steps, batchSequences: batch } = wholeSteps(tokens, batchTokens, sequenceLength);
  return { width, steps, batch, lr };
}
