import type { Values } from "@deepgrain/command-line/flags/flags";
import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import { textShares } from "@deepgrain/command-line/flags/text-shares";
import { endpointFlags } from "@deepgrain/command-line/models/endpoint-flags";
import { toolFormatFlag } from "@deepgrain/command-line/models/tool-format-flag";
import { loraFlags } from "@deepgrain/command-line/trainings/align-flags";
import {
  claimFlags,
  jsonFlag,
  modelOutFlags,
  trainingFlags,
} from "@deepgrain/command-line/trainings/training-flags";
import { dtypeFlag, keptDtypeFlag } from "@deepgrain/command-line/trainings/weight-types";
import { fields } from "@deepgrain/lm/fields";

/** The model that is continued, and the texts that are mixed in. */
const continueFlags = {
  model: flags.model({
    trains: true,
    help: "Hugging Face folder or GGUF file of a model to continue with, and of its tokenizer; by default a new model is trained",
  }),
  mix: textShares({
    help: "Texts to mix in, as --data has them, each with its share of the sequences, such as old.txt:0.3: with --model, so that it forgets less",
  }),
};

/** Flags of a new model. */
export const dataFlags = {
  modelConfig: flags.file({
    help: "config.json of the model; a DeepSeekMoE of 3 million parameters by default",
  }),
  tokenizer: flags.tokenizer({
    help: "Folder or GGUF file of a tokenizer; by default one is trained",
  }),
  vocabSize: flags.whole({ min: 259, default: 2048, help: "Vocabulary size of a new tokenizer" }),
};

/** How a mixture's experts are balanced. */
export const balanceFlags = flagsFrom(fields.balance);

/** Flags for dropping tokens beyond a device's capacity. */
export const dropFlags = flagsFrom(fields.drop);

/** Peak learning rates of a new model, and of one that learnt before. */
export const peakRates = { fresh: 0.003, continued: 3e-4 };

const common = trainingFlags({
  steps: 1000,
  batchSize: 8,
  sequenceLength: 128,
  lr: peakRates.fresh,
});

const settingFlags = {
  ...continueFlags,
  ...dataFlags,
  vocabSize: flags.optional(dataFlags.vocabSize),
  ...loraFlags,
  ...dropFlags,
  ...balanceFlags,
  ...flagsFrom(fields.steps),
  ...common,
  lr: flags.optional({
    ...common.lr,
    help: `${common.lr.help}; ${peakRates.continued} with --model`,
  }),
};

/** The settings that decide the result of a pre-training, as they are given. */
export type PretrainSettings = Values<typeof settingFlags>;

export const pretrainFlags = {
  data: flags.texts({
    required: true,
    help: 'Texts, separated by commas: .txt with <|endoftext|> between documents, .jsonl of {"text"}, or "english" (Moby Dick and State of the Union addresses)',
  }),
  out: flags.folder({
    required: true,
    writes: "folder",
    help: "Model folder, or adapter folder with --lora-rank; run.json, checkpoints and metrics.jsonl are written there too",
  }),
  ...settingFlags,
  ...claimFlags,
  ...jsonFlag,
};

/** How tokens are chosen. */
export const samplingFlags = flagsFrom(fields.sampling);

/** Flags for what is written of a prompt's continuations, and how. */
const writingFlags = {
  ...keptDtypeFlag,
  draft: flags.model({
    words: ["ngram"],
    help: "Draft tokens by a smaller model of the same tokenizer, or by earlier n-grams, and judge several in one pass",
  }),
  stop: flags.repeated(
    flags.text({ help: "Text that ends a continuation and is not part of it; may be repeated" }),
  ),
  samples: flags.whole({ min: 1, max: 64, default: 1, help: "Continuations of the prompt" }),
  logprobs: flags.whole({
    max: 100,
    help: "With --json or --out, each token's log-probability and those of so many likely ones",
  }),
  schema: flags.file({ help: "JSON schema that each continuation follows" }),
};

/** Flags for using a prompt as a turn of a conversation. */
const turnFlags = {
  chat: flags.flag({
    help: "Treat the prompt as a user's turn: apply the model's chat template and print only the answer",
  }),
  system: flags.text({ help: "With --chat, the system message" }),
  messages: flags.file({
    help: 'With --chat, instead of --prompt: a JSON list of {"role", "content"} to answer',
  }),
  template: flags.text({
    help: "With --chat, the name of one of the model's templates, or another Jinja template",
  }),
  tools: flags.file({
    help: "With --chat, functions that the model may call: a JSON list of {name, description, parameters}; rows of --json have toolCalls",
  }),
  ...toolFormatFlag,
};

export const generateFlags = {
  model: flags.model({
    required: true,
    help: "Hugging Face folder, GGUF file, or a LoRA folder that names its base model",
  }),
  prompt: flags.text({ help: "Text to continue; - reads standard input" }),
  ids: flags.file({
    help: '{"input_ids": [[…]], "attention_mask"?}; writes {"ids": [[…]]}, new tokens only',
  }),
  adapter: flags.adapter({
    help: "Adapter to add to the model first: trained experts, or LoRA in PEFT's format",
  }),
  both: flags.flag({
    help: "With --adapter and --prompt, also continue without the adapter, and print both",
  }),
  maxNewTokens: flags.whole({ min: 1, default: 128, help: "Maximum number of new tokens" }),
  stopAtEos: flags.flag({
    help: "With --ids, end a row at the end-of-text token (a prompt always ends there)",
  }),
  ...samplingFlags,
  ...writingFlags,
  ...turnFlags,
  out: flags.outFile({ help: "File to write; stdout without it" }),
  json: flags.flag({ help: "With --prompt, print a JSON object per continuation instead of text" }),
};

export const convertFlags = {
  source: flags.argument(
    flags.fromHub(
      flags.file({
        required: true,
        help: "llama2.c .bin file, GGUF file, or a Hugging Face folder",
      }),
      ["model", "tokenizer"],
    ),
  ),
  tokenizer: flags.file({
    help: "llama2.c tokenizer .bin file; the tokenizer of a folder or of a GGUF file is copied",
  }),
  ...modelOutFlags,
  to: flags.choice(["safetensors", "gguf"], {
    default: "safetensors",
    help: "Hugging Face's files, or model.gguf for llama.cpp and Ollama",
  }),
  adapter: flags.adapter({
    help: "Adapter to merge into the model: trained experts, or LoRA in PEFT's format",
  }),
  dtype: flags.choice(["f32", "f16", "bf16", "q8_0", "q6_k", "q5_0", "q4_k_m", "q4_0", "auto"], {
    default: "f32",
    help: "Stored type of the matrices; in GGUF only: q8_0 to q4_0 (q6_k and q4_k_m mix types as llama.cpp's quantiser does), and auto: blocks as the source has them",
  }),
  maxShardMb: flags.whole({
    min: 1,
    help: "Split the weights into files of at most this many MB",
  }),
  dryRun: flags.flag({
    help: "Say whether the model can be written so, and write nothing",
  }),
  ...jsonFlag,
};

export const logitsFlags = {
  model: flags.model({ required: true, help: "Hugging Face folder or GGUF file" }),
  ids: flags.file({
    required: true,
    help: "input_ids, and optionally attention_mask, labels and, for encoders, token_type_ids; rows of one length",
  }),
  ...dtypeFlag,
  out: flags.outFile({ help: "File to write; stdout without it" }),
  json: flags.flag({ help: "Errors as JSON too; the output always is" }),
};

/** The flags of `chat`. */
export const chatFlags = {
  model: flags.model({
    help: "Hugging Face folder or GGUF file whose tokenizer has a chat template",
  }),
  ...endpointFlags,
  endpointModel: {
    ...endpointFlags.endpointModel,
    help: `${endpointFlags.endpointModel.help}; the first one by default`,
  },
  system: flags.text({ help: "System message before the conversation" }),
  tools: flags.file({
    help: "Functions that the model may call: a JSON list of {name, description, parameters}; you type their results",
  }),
  ...toolFormatFlag,
  template: flags.text({
    help: "With --model, the name of one of its templates, or a Jinja template instead of its own",
  }),
  maxNewTokens: flags.whole({
    min: 1,
    default: 512,
    help: "Maximum number of tokens per answer",
  }),
  ...samplingFlags,
  ...keptDtypeFlag,
  seed: flags.whole({ help: "Same seed, same answers; a random one by default" }),
};

/** The flags of `extend`. */
export const extendFlags = {
  model: flags.model({
    required: true,
    trains: true,
    help: "Hugging Face folder, or GGUF file of F32, F16 or BF16, to start from",
  }),
  data: flags.texts({
    required: true,
    help: 'Texts, separated by commas: .txt with <|endoftext|> between documents, .jsonl of {"text"}, or "english"',
  }),
  out: flags.folder({
    required: true,
    writes: "folder",
    help: "Model folder; run.json, checkpoints and metrics.jsonl are written there too",
  }),
  factor: flags.real({ min: 1.01, required: true, help: "Factor by which texts may get longer" }),
  stages: flags.text({
    required: true,
    hint: "list",
    help: "Stages as LENGTHxSTEPSxBATCH, separated by commas: tokens per sequence, optimiser steps, sequences per step",
  }),
  scaling: flags.choice(["yarn", "linear", "none"], {
    default: "yarn",
    help: "How to scale positions",
  }),
  longWeight: flags.real({
    min: 0.01,
    default: 4,
    help: "Factor by which documents that fill a sequence are drawn more often",
  }),
  lr: flags.real({
    default: 3e-4,
    help: "Peak learning rate; it falls to a tenth along a cosine",
  }),
  warmup: flags.whole({ default: 0, help: "Steps over which the rate rises from 0" }),
  gradientCheckpointing: flags.flag({
    help: "Recompute activations in the backward pass: less memory, about a third more time",
  }),
  seed: flags.whole({ default: 0, help: "Same seed, same result" }),
  checkpointEvery: flags.whole({ min: 1, default: 50, help: "Steps between checkpoints" }),
  ...claimFlags,
  json: flags.flag({ help: "Print the result as JSON" }),
};
