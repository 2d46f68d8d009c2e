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
  sftSteps: 800,
  dpoSteps: 90,
  samples: 8,
  maxKl: 0.5,
  klEvery: 5,
};

/** Sizes by name. */
export const preferenceSettings = {
  quick: { ...standard, sftSteps: 500, dpoSteps: 60 },
  default: standard,
  full: { ...standard, sftSteps: 1200 },
} satisfies Record<string, PreferenceSettings>;

/** Paired seeds of each size. */
export const preferenceSeeds = { quick: 3, default: 20, full: 20 };
