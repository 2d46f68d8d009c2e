import type { TaskId } from "../shared/tasks/tuning-task-ids";

const full = {
  hiddenSize: 64, // d
  heads: 4,
  /** The first has no experts. */
  layers: 4,
  /** Inner width of the first layer's feed-forward network. */
  denseSize: 176,
  /** Inner width of an expert. */
  expertSize: 32,
  /** Routed experts of a layer. */
  experts: 32,
  /** Routed experts that a token passes, K. */
  topK: 4,
  sharedExperts: 1,
  /** Weight of the balance loss in pre-training; small, so that experts may specialise. */
  balanceAlpha: 1e-3,
  vocabSize: 512,
  /** Tokens of a sequence, S. */
  length: 128,
  /** Sequences of a batch. */
  batch: 8,
  /** Characters of each kind of running text, at most. */
  characters: 800_000,
  /** How often the weak text is read, as a share of each other text. */
  weakShare: 0.15,
  pretrainSteps: 3000,
  pretrainRate: 4e-3,
  tuneSteps: 400,
  /**
   * Peak rates by method: that of B-3, of 0.002 to 0.032 the one with the most right answers on seed 100, which is not a paired
   * seed, and others for the frontier of B-4.
   */
  rates: {
    full: { main: 8e-3, others: [1e-3, 4e-3] },
    lora: { main: 8e-3, others: [2e-3, 4e-3] },
    "esft-token": { main: 8e-3, others: [2e-3, 4e-3] },
    "esft-gate": { main: 8e-3, others: [2e-3] },
    random: { main: 1.6e-2, others: [8e-3] },
  },
  /** Peak rates that B-4 tries with every method instead of the others above. */
  ladder: null as readonly number[] | null,
  /** Share of right answers at which forgetting is compared. */
  equalScore: 0.6,
  /** Share of each fine-tuning batch that is text the base model was trained on. */
  generalShare: 0.5,
  /** p of ESFT-Token and ESFT-Gate. */
  tokenP: 0.5,
  gateP: 0.5,
  loraRank: 8,
  /** Other thresholds and ranks, for B-5. */
  sweepP: [0.05, 0.1, 0.2, 0.3, 0.7, 1],
  sweepRanks: [2, 4, 16, 32],
  /** Experts of a group in the coarser models of B-8. */
  groupSizes: [2, 4],
  /** Tokens of the samples that B-7 compares. */
  sampleSizes: [2 ** 8, 2 ** 10, 2 ** 12, 2 ** 14, 2 ** 16],
  /** Tasks that models are fine-tuned on. */
  tasks: ["languages", "numbers"] as TaskId[],
  /** On how many of them, the first ones, B-5, B-6 and B-8 rest. */
  variedTasks: 2,
  /** Tokens on which scores of experts rest. */
  scoreTokens: 16_384,
  /** Held-out sequences of each text on which forgetting is measured. */
  heldOutBlocks: 16,
  /** Held-out pairs of a task whose loss is measured, at most. */
  heldOutPairs: 500,
  /** Of them, how many are answered, for exact match and chrF. */
  answers: 500,
  /** Points of a loss curve. */
  curvePoints: 10,
  /** Steps of each method that are timed. */
  timedSteps: 20,
};

/** Sizes of a comparison. The same for all its trainings. */
export type EsftSettings = typeof full;

/** Of the other rates the lowest of all weights, whose forgetting depends on it most. */
const fewerRates = Object.fromEntries(
  Object.entries(full.rates).map(([id, { main, others }]) => [
    id,
    { main, others: id === "full" ? others.slice(0, 1) : [] },
  ]),
) as typeof full.rates;

/** Sizes by name, of which the full one alone has every point. */
export const esftSettings: Readonly<Record<"quick" | "default" | "full", EsftSettings>> = {
  quick: {
    ...full,
    hiddenSize: 32,
    heads: 2,
    layers: 3,
    denseSize: 88,
    expertSize: 16,
    experts: 16,
    vocabSize: 384,
    length: 96,
    batch: 4,
    characters: 150_000,
    pretrainSteps: 250,
    pretrainRate: 8e-3,
    tuneSteps: 30,
    sweepP: [0.1, 1],
    sweepRanks: [2],
    scoreTokens: 2048,
    heldOutBlocks: 4,
    heldOutPairs: 60,
    answers: 40,
    curvePoints: 3,
    timedSteps: 8,
    groupSizes: [4],
    sampleSizes: [2 ** 8, 2 ** 11],
    rates: fewerRates,
  },
  default: {
    ...full,
    characters: 400_000,
    pretrainSteps: 1500,
    tuneSteps: 300,
    variedTasks: 1,
    sweepP: [1],
    sweepRanks: [2],
    groupSizes: [4],
    scoreTokens: 8192,
    heldOutBlocks: 8,
    heldOutPairs: 500,
    answers: 500,
    curvePoints: 4,
    timedSteps: 12,
    sampleSizes: [2 ** 8, 2 ** 11, 2 ** 14],
    rates: fewerRates,
  },
  full,
};

/** Paired seeds of each size. */
export const seedCounts = { quick: 3, default: 3, full: 5 };
