import { smallMixture } from "@deepgrain/studies/shared/small-mixture";
import { checkedTaskIds } from "@deepgrain/studies/shared/tasks/checked-task-ids";
import { z } from "zod";

const count = z.int().min(1);
const rate = z.number().positive();
const share = z.number().min(0);

const steps = {
  steps: count,
  batchSize: count,
  sequenceLength: z.int().min(8),
  warmup: z.int().min(0),
  /** Steps between measurements of the held-out loss. */
  evaluateEvery: count,
  checkpointEvery: count,
};

/** The settings of a run; stored as its config.json, so that it can be resumed and repeated. */
export const jobConfigSchema = z.strictObject({
  version: z.literal(3),
  preset: z.enum(["default", "quick"]),
  seed: z.int().min(0),
  text: z.strictObject({
    /** Approximate number of characters of English prose to read. */
    characters: z.int().min(20_000),
    /** Blocks of held-out text of each kind to measure on. */
    validationBlocks: count,
    /** How often each kind of text is read. */
    shares: z.strictObject({ prose: share, code: share, messages: share, licences: share }),
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
    /** Weight of the balance loss, which is taken over the batch; small, so that experts may specialise. */
    balanceAlpha: z.number().min(0),
    initStd: rate,
  }),
  pretrain: z.strictObject({ ...steps, lr: rate }),
  /** How the trained model is sampled. */
  sampling: z.strictObject({
    temperature: rate,
    topP: z.number().positive().max(1),
    /** Number of words to generate for the count of real words. */
    words: count,
  }),
  task: z.strictObject({
    id: z.enum(checkedTaskIds),
    /** Held-out questions to answer. */
    questions: count,
    /** Of them, how many the report shows. */
    samples: count,
  }),
  select: z.strictObject({
    scoreFunction: z.enum(["token", "gate"]),
    topP: z.number().min(0).max(1),
    sampleTokens: count,
  }),
  tune: z.strictObject({
    ...steps,
    /** Share of each batch that is text of pre-training. */
    generalShare: z.number().min(0).max(0.9),
    expertRate: rate,
    fullRate: rate,
  }),
});

export type JobConfig = z.infer<typeof jobConfigSchema>;

const shared = {
  version: 3 as const,
  sampling: { temperature: 0.6, topP: 0.9, words: 2500 },
  task: { id: "languages" as const, questions: 500, samples: 12 },
  select: { scoreFunction: "token" as const, topP: 0.5, sampleTokens: 16_384 },
};

/** Nats per token that English may lose at the rates that are chosen. */
export const MOST_LOST = 0.5;

/** No text of pre-training is mixed in: with it neither way loses English, and there is no choice to show. */
const tuning = {
  steps: 100,
  batchSize: 8,
  warmup: 6,
  evaluateEvery: 25,
  checkpointEvery: 50,
  generalShare: 0,
};

const shares = { prose: 0.55, code: 0.15, messages: 0.15, licences: 0.15 };

/**
 * The two sizes of the main job, made for two processor cores. Rates of fine-tuning are, of those tried on seed 101, the ones with
 * the most right answers where English loses at most `MOST_LOST`: see the README of `compare esft`.
 */
export const presets: Record<JobConfig["preset"], Omit<JobConfig, "seed">> = {
  default: {
    ...shared,
    preset: "default",
    text: { characters: 3_600_000, validationBlocks: 64, shares },
    tokenizer: { vocabSize: 1536 },
    model: smallMixture,
    pretrain: {
      steps: 2200,
      batchSize: 4,
      sequenceLength: 128,
      warmup: 50,
      evaluateEvery: 200,
      checkpointEvery: 200,
      lr: 4e-3,
    },
    tune: {
      ...tuning,
      sequenceLength: 128,
      expertRate: 2.8e-3,
      fullRate: 5e-4,
    },
  },
  quick: {
    ...shared,
    preset: "quick",
    sampling: { ...shared.sampling, words: 600 },
    task: { ...shared.task, questions: 200 },
    select: { ...shared.select, sampleTokens: 8192 },
    text: { characters: 1_300_000, validationBlocks: 24, shares },
    tokenizer: { vocabSize: 1024 },
    model: { ...smallMixture, experts: 16 },
    pretrain: {
      steps: 500,
      batchSize: 4,
      sequenceLength: 64,
      warmup: 30,
      evaluateEvery: 100,
      checkpointEvery: 100,
      lr: 4e-3,
    },
    tune: {
      ...tuning,
      sequenceLength: 96,
      expertRate: 5.7e-3,
      fullRate: 3.5e-4,
    },
  },
};

/** Fields that replace those of a preset, group by group. */
export const overridesSchema = z.strictObject({
  text: jobConfigSchema.shape.text.partial().optional(),
  tokenizer: jobConfigSchema.shape.tokenizer.partial().optional(),
  model: jobConfigSchema.shape.model.partial().optional(),
  pretrain: jobConfigSchema.shape.pretrain.partial().optional(),
  sampling: jobConfigSchema.shape.sampling.partial().optional(),
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
