import type { Flag, Values } from "@deepgrain/command-line/flags/flags";
import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import {
  claimFlags,
  jsonFlag,
  modelOutFlags,
  overwriteFlag,
  trainingFlags,
} from "@deepgrain/command-line/trainings/training-flags";
import { dtypeFlag } from "@deepgrain/command-line/trainings/weight-types";
import { fields } from "@deepgrain/lm/fields";

const oneProcess = "one process does all the work";

/** Flags of the official scripts that spread work over graphics cards. */
const spreadFlags = {
  worldSize: flags.idle({ because: oneProcess }),
  gpusPerRank: flags.idle({ because: oneProcess }),
};

/** The base model. */
const modelFlag = flags.model({
  required: true,
  official: "base_model_path",
  help: "Folder of the base model, in Hugging Face layout, or a GGUF file",
});

/** A task's conversations. */
const dataFlag = (
  official: "train_dataset" | "eval_dataset",
  help = 'JSONL of {"messages": [{"role", "content"}]}',
) =>
  flags.file({
    mayBeName: true,
    required: true,
    official,
    help: `${help}; or NAME for datasets/${official.slice(0, official.indexOf("_"))}/NAME.jsonl`,
  });

/** An adapter. */
const adapterFlag = {
  official: "adapter_dir",
  help: "Folder with expert_cfg.json and tensors, or a PEFT LoRA folder",
} as const;

export const scoreFlags = {
  model: modelFlag,
  data: flags.file({
    mayBeName: true,
    required: true,
    official: "eval_dataset",
    help: 'JSONL of {"messages": [{"role", "content"}]}; or NAME for datasets/train/NAME.jsonl',
  }),
  out: flags.folder({
    required: true,
    official: "output_dir",
    writes: "folder",
    help: "Folder for summary.json",
  }),
  sampleTokens: flags.whole({
    min: 1,
    default: 131_072,
    official: "n_sample_tokens",
    help: "Stop after this many tokens",
  }),
  ...dtypeFlag,
  layerByLayer: flags.toggle({
    help: "Hold one layer in memory at a time; the default for models whose weights take more than 4 GiB",
    negated: "Load the complete model",
  }),
  average: flags.choice(["pooled", "sequences"], {
    default: "pooled",
    help: "Weigh all tokens equally, or all conversations, as in the paper's formula",
  }),
  keepScalingFactor: flags.flag({
    help: "Leave the model's routed_scaling_factor in the gate values; without it they are those of the paper's model",
  }),
  trace: flags.flag({ help: "Write expert_weights_<layer>.txt files too" }),
  seed: flags.whole({ default: 0, help: "Seed of the order of the conversations" }),
  ...overwriteFlag,
  ...jsonFlag,
  ...spreadFlags,
};

/** Where scores are, and where configurations go. */
export const jobFlags = {
  scores: flags.folder({
    required: true,
    official: "expert_scores_dir",
    help: "Folder with summary.json or trace files",
  }),
  out: flags.outFile({ official: "output_path", help: "expert_cfg.json to write" }),
  outputDir: flags.folder({
    writes: "folder",
    help: "Or a folder to write expert_cfg.json to, or one TASK.json per task",
  }),
  evalDatasets: flags.text({
    hint: "names",
    official: "eval_dataset",
    help: "Tasks, separated by commas; --scores has a folder named after each",
  }),
};

const choiceFlags = {
  scoreFunction: flags.choice(["token", "gate"], {
    default: "token",
    help: "Count choices, or add gate values",
  }),
  topP: flags.real({ max: 1, help: "Share to cover; 0.2 by default for token, 0.1 for gate" }),
  normalizeGate: flags.flag({ help: "Divide gate values by their sum in the layer first" }),
  zeroMeansNone: flags.flag({ help: "With --top-p 0, choose no expert instead of one per layer" }),
  trainSharedExperts: flags.flag({ help: "Train shared experts too" }),
  trainNonExpertModules: flags.flag({ help: "Train everything outside the experts too" }),
};

export const selectFlags = {
  ...jobFlags,
  model: flags.model({
    official: "base_model_path",
    help: "Check that the scores belong to this model, and say which share of its weights is trained (reads only its config.json)",
  }),
  topK: flags.whole({
    min: 1,
    help: "Experts per token, if the trace files are too short to tell; --model gives it too",
  }),
  ...choiceFlags,
  randomSeed: flags.whole({
    help: "As a control, draw as many experts per layer at random, with this seed",
  }),
  ...overwriteFlag,
  json: flags.flag({ help: "Print the result as JSON; with --eval-datasets a list" }),
};

export const applyFlags = {
  model: modelFlag,
  adapter: flags.adapter({ ...adapterFlag, required: true }),
  ...modelOutFlags,
  ...jsonFlag,
};

const metrics = ["auto", "none", "intent", "rouge-l", "chrf", "exact"] as const;

export const evaluateFlags = {
  model: modelFlag,
  adapter: flags.adapter(adapterFlag),
  data: dataFlag("eval_dataset", 'JSONL of {"messages"}, or of {"prompt", "answers"}'),
  metric: flags.choice(metrics, {
    default: "auto",
    help: "Score for the model's own answers. auto: by name for intent, summary, law and translation files, chrf for other files with prompts, none for conversations",
  }),
  maxNewTokens: flags.whole({ min: 1, default: 128, help: "Maximum tokens per answer" }),
  ...dtypeFlag,
  answers: flags.whole({ min: 1, help: "Maximum number of questions to answer; all by default" }),
  out: flags.outFile({
    official: "output_path",
    help: "JSONL file for the answers, each with its score",
  }),
  batchSize: flags.whole({
    min: 1,
    default: 8,
    official: "eval_batch_size",
    help: "Sequences per batch",
  }),
  sequenceLength: flags.whole({
    min: 2,
    help: "Maximum tokens of a conversation; longer ones are only counted. Default: the model's positions",
  }),
  ...jsonFlag,
  ...spreadFlags,
  openaiApiKey: flags.idle({ because: "no judging model is asked" }),
};

/** Flags for data that keep a model from forgetting. */
export const generalFlags = {
  generalData: flags.file({
    help: 'General data to mix in: conversations or instructions, as for --data, or texts (.txt, .jsonl of {"text"}), in which every token is trained',
  }),
  generalShare: flags.real({
    max: 1,
    help: "Share of sequences from general data, below 1; 0.5 by default",
  }),
};

/** Flags that say what is trained. */
export const methodFlags = {
  method: flags.choice(["esft", "full", "lora"], {
    default: "esft",
    help: "Chosen experts, all weights, or low-rank factors of all linear weights",
  }),
  expertConfig: flags.file({
    help: "expert_cfg.json; required for --method esft. With --method lora, only its experts get factors",
  }),
  auxLoss: flags.toggle({
    help: "Keep the balance losses; by default only if --expert-config trains routers too",
    negated: "Train without balance losses",
  }),
  ...flagsFrom({ loraRank: fields.lora.rank }),
  loraAlpha: flags.real({
    help: "The factors' product is scaled by alpha/rank; by default twice the rank, 32 for Alpaca-style data",
  }),
  ...flagsFrom({
    loraDropout: {
      ...fields.lora.dropout,
      help: `${fields.lora.dropout.help}; by default 0, 0.1 for Alpaca-style data`,
    },
  }),
  loraSave: flags.text({
    hint: "modules",
    help: "Modules to train and store whole, by the ends of their names, separated by commas; by default none, embeddings and head for Alpaca-style data",
  }),
};

const { gradientAccumulation, weightDecay, maxGradNorm } = fields.steps;

/** The numbers of a training with the defaults of the official trainer, except for sizes. */
export const settingFlags = {
  ...trainingFlags({ steps: 500, batchSize: 8, sequenceLength: 256, lr: 0.001 }),
  ...flagsFrom({
    gradientAccumulation,
    weightDecay,
    maxGradNorm,
    randomConcatRatio: fields.packing.randomConcatRatio,
  }),
};

/** Their values. */
export type Settings = Values<typeof settingFlags>;

export const settingNames = Object.keys(settingFlags) as (keyof Settings)[];

/** Without defaults of numbers, so that a file can take precedence over them. */
export const trainFlags = {
  model: { ...modelFlag, trains: true },
  data: dataFlag("train_dataset"),
  out: flags.folder({
    required: true,
    official: "output_dir",
    writes: "folder",
    help: "Adapter folder; run.json, checkpoints and metrics.jsonl are written there too",
  }),
  ...methodFlags,
  keep: flags.choice(["best", "last"], {
    default: "best",
    help: "Weights to store: those with the lowest held-out loss, or those of the last step",
  }),
  ...flagsFrom({ packing: fields.packing.packing }),
  ...generalFlags,
  ...(Object.fromEntries(
    settingNames.map((name) => [name, flags.optional(settingFlags[name])]),
  ) as Record<keyof Settings, Flag<number | undefined>>),
  gradientCheckpointing: flags.toggle({
    help: fields.steps.gradientCheckpointing.help,
    negated: "Keep activations for the backward pass",
  }),
  trainConfig: flags.file({
    help: "Training configuration of the official scripts (base.yaml); flags take precedence",
  }),
  ...claimFlags,
  ...jsonFlag,
};
