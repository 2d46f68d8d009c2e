import type { Ratio } from "../shared/ratio";
import type { TaskId } from "../shared/tasks/tuning-task-ids";

const full = {
  hiddenSize: 64, // d
  heads: 4,
  /** The first has no experts. */
  layers: 3,
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
  characters: 400_000,
  /** How often base models read text of each task's kind, as a share of each general text. */
  shares: { numbers: 2.2, phones: 0.4, languages: 0.4, turkish: 0.1, german: 0 } as Record<
    TaskId,
    number
  >,
  pretrainSteps: 700,
  pretrainRate: 4e-3,
  tuneSteps: 160,
  /** Peak rates by method: its own, and others for the frontier of B-4, at sizes that draw it. */
  rates: {
    full: { main: 4e-3, others: [] as readonly number[] },
    lora: { main: 8e-3, others: [] as readonly number[] },
    "esft-token": { main: 3.2e-2, others: [] as readonly number[] },
    "esft-gate": { main: 3.2e-2, others: [] as readonly number[] },
    random: { main: 3.2e-2, others: [] as readonly number[] },
  },
  /** Peak rates that B-4 tries with every method instead of the others above. */
  ladder: null as readonly number[] | null,
  /** Share of each fine-tuning batch that is text the base model was trained on. */
  generalShare: 0.5,
  /** p of ESFT-Token and ESFT-Gate. */
  tokenP: 0.5,
  gateP: 0.5,
  loraRank: 16,
  /** Other thresholds and ranks, for B-5. */
  sweepP: [0.3, 0.7] as readonly number[],
  sweepRanks: [4, 8] as readonly number[],
  /** Experts of a group in the coarser models of B-8. */
  groupSizes: [4],
  /** Tokens of the samples that B-7 compares. */
  sampleSizes: [2 ** 8, 2 ** 11, 2 ** 14],
  /** Tasks that models are fine-tuned on. */
  tasks: ["numbers", "phones", "languages", "turkish"] as TaskId[],
  /** On how many of them, the first ones, B-6 and B-8 rest. */
  variedTasks: 2,
  /** Methods of B-3 that are not run. */
  leftOut: ["lora", "esft-gate", "random"] as readonly string[],
  /** Tokens on which scores of experts rest. */
  scoreTokens: 4096,
  /** Held-out sequences of each text on which forgetting is measured. */
  heldOutBlocks: 6,
  /** Held-out pairs of a task by whose loss the best step is chosen. */
  choosingPairs: 60,
  /** Other held-out pairs that are answered, at most. */
  answers: 160,
  /** Measurements of a fine-tuning, of which the best is kept. */
  curvePoints: 5,
  /** Steps of each method that are timed. */
  timedSteps: 12,
};

/** Sizes of a comparison. The same for all its trainings. */
export type EsftSettings = typeof full;

/** A low rate of all weights beside their own, as their forgetting depends on it most. */
const withLowRate = { ...full.rates, full: { ...full.rates.full, others: [1e-3] } };

/** Sizes by name. The full one, which is recorded, leaves out what no primary claim reads. */
export const esftSettings: Readonly<Record<"quick" | "default" | "full", EsftSettings>> = {
  quick: {
    ...full,
    hiddenSize: 32,
    heads: 2,
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
    choosingPairs: 20,
    answers: 40,
    curvePoints: 3,
    timedSteps: 8,
    leftOut: [],
    sampleSizes: [2 ** 8, 2 ** 11],
    rates: withLowRate,
  },
  default: {
    ...full,
    leftOut: [],
    variedTasks: 1,
    pretrainSteps: 500,
    sweepP: [0.7],
    sweepRanks: [2],
    rates: withLowRate,
  },
  full,
};

/** Paired seeds of each size. */
export const seedCounts = { quick: 3, default: 3, full: 8 };

/** Every ratio of the paper's comparison that the miniature keeps, and those that it cannot. */
export const ratios: readonly Ratio<EsftSettings>[] = [
  {
    name: "routed experts that a token passes, of all",
    paper: 6 / 64,
    ours: 0.125,
    of: ({ topK, experts }) => topK / experts,
  },
  {
    name: "general text in fine-tuning",
    paper: 0.5,
    ours: 0.5,
    of: ({ generalShare }) => generalShare,
  },
  {
    name: "measurements of a fine-tuning, of which the best is kept",
    paper: 5,
    ours: 5,
    of: ({ curvePoints }) => curvePoints,
  },
  {
    name: "experts of a group in the coarsest model",
    paper: 4,
    ours: 4,
    of: ({ groupSizes }) => groupSizes.at(-1)!,
  },
  {
    name: "steps of fine-tuning per step of pre-training",
    paper: 0.00001, // in tokens: 65.5 million, and 5.7 trillion of DeepSeek-V2-Lite
    ours: 0.229,
    of: ({ tuneSteps, pretrainSteps }) => tuneSteps / pretrainSteps,
  },
];
