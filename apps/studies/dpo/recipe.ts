import type { Ratio } from "../shared/ratio";

/** Sizes of the study of preferences. */
export interface PreferenceSettings {
  hiddenSize: number;
  /** Steps of the first fine-tuning and of DPO. */
  sftSteps: number;
  dpoSteps: number;
  /** Answers sampled per prompt: for pairs, and for the win rate. */
  samples: number;
  /** Bound of the KL to the reference, nats per token, and every how many steps held-out pairs are measured for it. */
  maxKl: number;
  klEvery: number;
}

const standard: PreferenceSettings = {
  hiddenSize: 32,
  sftSteps: 3600,
  dpoSteps: 90,
  samples: 8,
  maxKl: 0.5,
  klEvery: 5,
};

/** Sizes by name. */
export const preferenceSettings = {
  quick: { ...standard, sftSteps: 2400, dpoSteps: 60 },
  default: standard,
  full: { ...standard, sftSteps: 4800 },
} satisfies Record<string, PreferenceSettings>;

/** Paired seeds of each size. */
export const preferenceSeeds = { quick: 3, default: 20, full: 20 };

/** Pairs or answers of a batch. */
export const BATCH = 16;

/** Prompts of the task with preferences; each gives a pair unless all its answers are equally good. */
export const PREFERENCE_PROMPTS = 256;

/** The sizes of the paper's recipe beside ours. */
export const ratios: readonly Ratio<PreferenceSettings>[] = [
  {
    name: "passes over the pairs, at most",
    paper: 1,
    ours: 5.625,
    of: ({ dpoSteps }) => (dpoSteps * BATCH) / PREFERENCE_PROMPTS,
  },
];
