import { compilerLanguages } from "@deepgrain/datasets";
import { z } from "zod";

const count = z.int().min(1);
const rate = z.number().positive();

const steps = {
  steps: count,
  batchSize: count,
  sequenceLength: z.int().min(8),
  warmupSteps: z.int().min(0),
  /** Every how many steps held-out loss is measured. */
  evaluateEvery: count,
  checkpointEvery: count,
};

/** What a run is asked to do; stored as its config.json, so that it can be resumed and repeated. */
export const jobConfigSchema = z.strictObject({
  version: z.literal(1),
  preset: z.enum(["default", "quick"]),
  seed: z.int().min(0),
  text: z.strictObject({
    /** English to read, in characters, approximately. */
    characters: z.int().min(20_000),
    /** Blocks of held-out text to measure on. */
    validationBlocks: count,
  }),
  tokenizer: z.strictObject({ vocabSize: z.int().min(300).max(65_536) }),
  model: z.strictObject({
    hiddenSize: count,
    layers: z.int().min(2),
    heads: count,
    /** Inner width of the first layer, which has no experts. */
    denseSize: count,
    expertSize: count,
    experts: z.int().min(2),
    /** Routed experts that a token passes. */
    topK: count,
    sharedExperts: count,
    balanceAlpha: z.number().min(0),
    initStd: rate,
  }),
  pretrain: z.strictObject({ ...steps, peakRate: rate, sampleEvery: count }),
  task: z.strictObject({ language: z.enum(compilerLanguages), samples: count }),
  select: z.strictObject({
    scoreFunction: z.enum(["token", "gate"]),
    topP: z.number().min(0).max(1),
    sampleTokens: count,
  }),
  tune: z.strictObject({
    ...steps,
    expertRate: rate,
    fullRate: rate,
    /** A smaller rate for all weights, as a second comparison; null leaves it out. */
    gentleRate: rate.nullable(),
  }),
});

export type JobConfig = z.infer<typeof jobConfigSchema>;

const shared = {
  version: 1 as const,
  task: { language: "de" as const, samples: 4 },
  select: { scoreFunction: "token" as const, topP: 0.2, sampleTokens: 32_768 },
};

const model = {
  hiddenSize: 128,
  layers: 4,
  heads: 4,
  denseSize: 352,
  expertSize: 64,
  experts: 32,
  topK: 4,
  sharedExperts: 1,
  balanceAlpha: 0.01,
  initStd: 0.06,
};

/** The two sizes of the main job, made for two processor cores. */
export const presets: Record<JobConfig["preset"], Omit<JobConfig, "seed">> = {
  default: {
    ...shared,
    preset: "default",
    text: { characters: 3_600_000, validationBlocks: 96 },
    tokenizer: { vocabSize: 2048 },
    model,
    pretrain: {
      steps: 2000,
      batchSize: 4,
      sequenceLength: 128,
      warmupSteps: 50,
      evaluateEvery: 100,
      checkpointEvery: 100,
      sampleEvery: 400,
      peakRate: 4e-3,
    },
    tune: {
      steps: 160,
      batchSize: 8,
      sequenceLength: 128,
      warmupSteps: 8,
      evaluateEvery: 20,
      checkpointEvery: 40,
      expertRate: 1e-2,
      fullRate: 1e-3,
      gentleRate: 2e-4,
    },
  },
  quick: {
    ...shared,
    preset: "quick",
    text: { characters: 1_300_000, validationBlocks: 48 },
    tokenizer: { vocabSize: 1024 },
    model: { ...model, experts: 16 },
    pretrain: {
      steps: 700,
      batchSize: 4,
      sequenceLength: 64,
      warmupSteps: 30,
      evaluateEvery: 70,
      checkpointEvery: 100,
      sampleEvery: 350,
      peakRate: 4e-3,
    },
    tune: {
      steps: 60,
      batchSize: 6,
      sequenceLength: 128,
      warmupSteps: 4,
      evaluateEvery: 15,
      checkpointEvery: 20,
      expertRate: 1e-2,
      fullRate: 1e-3,
      gentleRate: null,
    },
  },
};

/** Fields that replace those of a preset, group by group. */
export const overridesSchema = z.strictObject({
  text: jobConfigSchema.shape.text.partial().optional(),
  tokenizer: jobConfigSchema.shape.tokenizer.partial().optional(),
  model: jobConfigSchema.shape.model.partial().optional(),
  pretrain: jobConfigSchema.shape.pretrain.partial().optional(),
  task: jobConfigSchema.shape.task.partial().optional(),
  select: jobConfigSchema.shape.select.partial().optional(),
  tune: jobConfigSchema.shape.tune.partial().optional(),
});

/** A preset with some of its fields replaced. */
export function jobConfig(
  preset: JobConfig["preset"],
  seed: number,
  overrides: z.infer<typeof overridesSchema> = {},
): JobConfig {
  const base: JobConfig = { ...presets[preset], seed };
  const groups = Object.entries(overrides).map(([name, fields]) => [
    name,
    { ...(base[name as keyof JobConfig] as object), ...fields },
  ]);
  return jobConfigSchema.parse({ ...base, ...Object.fromEntries(groups) });
}
