import { fields } from "@deepgrain/lm/fields";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { claimFlags, jsonFlag, modelOutFlags, trainingFlags } from "../run/training-flags";

const dataFlags = {
  config: flags.file({
    help: "config.json of the model; a DeepSeekMoE of 3 million parameters by default",
  }),
  tokenizer: flags.folder({ help: "Folder of the tokenizer to use; by default one is trained" }),
  vocabSize: flags.whole({ min: 259, default: 2048, help: "Size of a tokenizer that is trained" }),
};

/** How a mixture's experts are balanced. */
export const balanceFlags = flagsFrom(fields.balance);

/** What is dropped beyond a device's capacity. */
export const dropFlags = flagsFrom(fields.drop);

const settingFlags = {
  ...dataFlags,
  ...dropFlags,
  ...balanceFlags,
  ...flagsFrom({ gradientCheckpointing: fields.steps.gradientCheckpointing }),
  ...trainingFlags({ steps: 1000, batchSize: 8, sequenceLength: 128, lr: 0.003 }),
};

/** What decides the result of a pre-training. */
export type PretrainSettings = Values<typeof settingFlags>;

export const pretrainFlags = {
  data: flags.text({
    required: true,
    hint: "files",
    help: 'Texts, separated by commas: .txt with <|endoftext|> between documents, .jsonl of {"text"}, or "english" (Moby Dick and State of the Union addresses)',
  }),
  out: flags.folder({
    required: true,
    writes: "folder",
    help: "Model folder; run.json, checkpoints and metrics.jsonl are written there too",
  }),
  ...settingFlags,
  ...claimFlags,
  ...jsonFlag,
};

/** How tokens are chosen. */
export const samplingFlags = {
  greedy: flags.flag({ help: "Take the most likely token instead of sampling" }),
  ...flagsFrom(fields.sampling),
};

/** Using a prompt as a turn of a conversation. */
/** Flags for using a prompt as a turn of a conversation. */
const chatFlags = {
  chat: flags.flag({
    help: "The prompt is a user's turn: the model's chat template is applied, and only the answer is printed",
  }),
  system: flags.text({ help: "With --chat, the system's turn" }),
  messages: flags.file({
    help: 'With --chat, instead of --prompt: a JSON list of {"role", "content"} to answer',
  }),
  template: flags.text({
    help: "With --chat, the name of one of the model's templates, or a Jinja template instead of its own",
  }),
};

export const generateFlags = {
  model: flags.folder({
    required: true,
    help: "Hugging Face folder, or a LoRA folder that names its base model",
  }),
  prompt: flags.text({ help: "Text to continue; - reads standard input" }),
  ids: flags.file({
    help: '{"input_ids": [[…]], "attention_mask"?}; writes {"ids": [[…]]}, new tokens only',
  }),
  adapter: flags.folder({
    help: "Adapter to put into the model first: trained experts, or LoRA in PEFT's form",
  }),
  both: flags.flag({
    help: "With --adapter and --prompt, continue without the adapter too, and print both",
  }),
  maxNewTokens: flags.whole({ min: 1, default: 128, help: "Maximum number of new tokens" }),
  stopAtEos: flags.flag({
    help: "With --ids, end a row at the end-of-text token (a prompt always ends there)",
  }),
  ...samplingFlags,
  ...chatFlags,
  out: flags.outFile({ help: "File to write; stdout without it" }),
  json: flags.flag({ help: "With --prompt, print one JSON object instead of text" }),
};

export const convertFlags = {
  source: flags.argument(
    flags.file({ required: true, help: "llama2.c .bin file, or a Hugging Face folder" }),
  ),
  tokenizer: flags.file({
    help: "llama2.c tokenizer .bin file; a folder's tokenizer is copied",
  }),
  ...modelOutFlags,
  to: flags.choice(["safetensors", "gguf"], {
    default: "safetensors",
    help: "Hugging Face's files, or model.gguf for llama.cpp and Ollama",
  }),
  adapter: flags.folder({
    help: "Adapter to merge into the model: trained experts, or LoRA in PEFT's form",
  }),
  dtype: flags.choice(["f32", "f16", "bf16", "q8_0"], {
    default: "f32",
    help: "Stored type of the matrices; q8_0 in GGUF only",
  }),
  maxShardMb: flags.whole({
    min: 1,
    help: "Split the weights into files of at most this many MB",
  }),
  ...jsonFlag,
};

export const logitsFlags = {
  model: flags.folder({ required: true, help: "Hugging Face folder" }),
  ids: flags.file({
    required: true,
    help: "input_ids, and optionally attention_mask, labels and, for encoders, token_type_ids; rows of one length",
  }),
  out: flags.outFile({ help: "File to write; stdout without it" }),
  json: flags.flag({ help: "Errors as JSON too; the output always is" }),
};
