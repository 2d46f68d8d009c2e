import type { ComparisonSize } from "../shared/comparison";

/** Sizes of the miniature. */
export interface CoderSettings {
  /** Width, layers and steps' tokens of the mixtures with latent attention. */
  hiddenSize: number;
  layers: number;
  experts: number;
  vocabSize: number;
  /** Characters of each kind of text. */
  characters: number;
  batchSize: number;
  length: number;
  /** Steps on prose, and of what each arm goes on with. */
  proseSteps: number;
  armSteps: number;
  /** Held-out blocks per kind of text. */
  heldOutBlocks: number;
  /** Steps of each arm of fill-in-the-middle and of repository order, and infilled lines. */
  fimSteps: number;
  infills: number;
  /** Steps of the model that is extended, up to 256 tokens; steps of each stage; needles per length and depth. */
  recallSteps: number;
  stageSteps: readonly [number, number];
  lengths: readonly [number, number, number];
  depths: readonly number[];
  needles: number;
  /** Functions over arrays in all and held out, the policy's width, its steps on code with mistakes, and of GRPO. */
  functions: number;
  heldOutFunctions: number;
  policySize: number;
  policySteps: number;
  grpoSteps: number;
  grpoPrompts: number;
  grpoGroup: number;
  /** Answers to each held-out function. */
  samples: number;
  /** Steps of the reward model before the policy's training, and at each of its trainings in between. */
  rewardSteps: number;
  relearnSteps: number;
  relearnEvery: number;
}

const standard: CoderSettings = {
  hiddenSize: 96,
  layers: 3,
  experts: 16,
  vocabSize: 768,
  characters: 600_000,
  batchSize: 8,
  length: 128,
  proseSteps: 300,
  armSteps: 200,
  heldOutBlocks: 32,
  fimSteps: 200,
  infills: 60,
  recallSteps: 1500,
  stageSteps: [30, 15],
  lengths: [256, 1024, 4096],
  depths: [0, 25, 50, 75, 100],
  needles: 4,
  functions: 3000,
  heldOutFunctions: 120,
  policySize: 96,
  policySteps: 250,
  grpoSteps: 40,
  grpoPrompts: 16,
  grpoGroup: 8,
  samples: 8,
  rewardSteps: 200,
  relearnSteps: 20,
  relearnEvery: 5,
};

/** Sizes by name. */
export const coderSettings: Record<ComparisonSize, CoderSettings> = {
  quick: {
    ...standard,
    hiddenSize: 32,
    layers: 2,
    experts: 8,
    vocabSize: 400,
    characters: 60_000,
    batchSize: 4,
    length: 64,
    proseSteps: 12,
    armSteps: 8,
    heldOutBlocks: 4,
    fimSteps: 8,
    infills: 4,
    recallSteps: 10,
    stageSteps: [2, 2],
    lengths: [32, 64, 128],
    depths: [0, 100],
    needles: 1,
    functions: 300,
    heldOutFunctions: 20,
    policySize: 64,
    policySteps: 160,
    grpoSteps: 3,
    grpoPrompts: 4,
    grpoGroup: 4,
    samples: 2,
    rewardSteps: 6,
    relearnSteps: 2,
    relearnEvery: 2,
  },
  default: standard,
  full: standard,
};
