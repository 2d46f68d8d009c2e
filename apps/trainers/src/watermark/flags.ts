import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import { dtypeFlag } from "@deepgrain/command-line/trainings/weight-types";
import { fields } from "@deepgrain/watermark/fields";

/** Balance-Marking's proxy: a word or a path. */
export const proxyFlag = flags.text({
  hint: "model|uniform|file",
  help: "Proxy of Balance-Marking: the model itself, none, an n-gram model (.json), or a text to train one on",
});

/** Flags of every command that has a watermark. */
export const watermarkFlags = {
  profile: flags.file({
    required: true,
    help: "Profile as JSON, or a Hugging Face watermarking_config; its scheme is kgw, unigram, exp, exp-edit, synthid, unbiased, dip, mpac, rs-segment, ctwl-vanilla or ctwl-balance",
  }),
  keyFile: flags.file({
    help: "Secret: hexadecimal digits, the current key first; not for profiles with compat",
  }),
  proxy: proxyFlag,
  frequencies: flags.file({
    help: "Token frequencies as a JSON list, for balanced Reed-Solomon segments",
  }),
};

/** Flags for the model and the tokenizer. */
export const modelFlags = {
  model: flags.model({ help: "Model folder, with its tokenizer, or GGUF file" }),
  tokenizer: flags.tokenizer({ help: "Folder or GGUF file of only the tokenizer" }),
  ...dtypeFlag,
};

/** A model that must be given, and perhaps another tokenizer. */
export const requiredModelFlags = {
  model: flags.model({
    required: true,
    help: "Hugging Face folder, GGUF file, or folder with a llama2.c model and its tok….bin",
  }),
  tokenizer: flags.tokenizer({ help: "Folder or GGUF file of another tokenizer" }),
  ...dtypeFlag,
};

/** Flags that say which texts. */
export const textFlags = {
  in: flags.file({ help: 'Output of embed or attack, {"input_ids": [[…]]}, or a plain text' }),
  text: flags.text({ help: "The text itself" }),
};

/** Flags of the commands that read a text. */
export const readFlags = {
  ...textFlags,
  retokenize: flags.flag({
    help: "Tokenise the text again even if the file has ids",
  }),
  normalize: flags.flag({
    help: "Tokenise the text again after undoing look-alike and invisible characters",
  }),
  ...flagsFrom(fields.detection),
};

/** Flags that say how a payload is written and laid out in the text. */
export const codecFlags = flagsFrom(fields.codec);

/** Flags for what a marked text carries. */
export const payloadFlags = {
  payload: flags.text({ help: "Payload, for schemes that carry one" }),
  ...codecFlags,
  capacityCheck: flags.toggle({
    default: true,
    help: "Refuse a payload that this many tokens cannot carry, and sample a text to estimate how many this model needs",
    negated: "Embed it all the same",
  }),
};

/** Which payloads are possible, and how many are returned. */
export const listFlags = {
  candidates: flags.file({
    help: "Only these payloads are possible: a JSON list of bit strings",
  }),
  ...flagsFrom(fields.decoding),
};

const { attack: name, ...tools } = fields.attack;

const { editRate, vocabSize, humanTokens, pieces } = flagsFrom(tools);

/** Flags of attacks. */
export const toolFlags = {
  editRate,
  ...modelFlags,
  vocabSize,
  human: flags.file({ help: "copy-paste: the text to paste into" }),
  humanTokens,
  pieces,
  seed: flags.whole({ default: 0, help: "Same seed, same edits" }),
};

/** The flags of `watermark embed`. */
export const embedFlags = {
  ...watermarkFlags,
  ...requiredModelFlags,
  ...payloadFlags,
  prompt: flags.text({ help: "Text to continue" }),
  prompts: flags.file({ help: "Prompts, one per line, or a JSON list" }),
  maxNewTokens: flags.whole({ min: 1, default: 200, help: "Maximum number of new tokens" }),
  temperature: flags.real({ max: 100, default: 1, help: "0 takes the most likely token" }),
  forbidEos: flags.flag({ help: "Continue until --max-new-tokens" }),
  seed: flags.whole({ default: 0, help: "Same seed, same text" }),
  out: flags.outFile({ help: "File to write texts and ids to, as JSON" }),
  json: flags.flag({ help: "Print texts and ids as JSON" }),
};

/** The flags of `watermark detect`. */
export const detectFlags = {
  ...watermarkFlags,
  ...modelFlags,
  ...readFlags,
  explain: flags.flag({ help: "Also write the evidence of every token (JSON)" }),
  out: flags.outFile({ help: "File to write the result to, as JSON" }),
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** The flags of `watermark decode`. */
export const decodeFlags = {
  ...watermarkFlags,
  ...modelFlags,
  ...readFlags,
  ...codecFlags,
  ...listFlags,
  out: flags.outFile({ help: "File to write the result to, as JSON" }),
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** The flags of `watermark attack`. */
export const attackFlags = {
  attack: flags.choice(name.words, { required: true, hint: "name", help: name.help }),
  ...textFlags,
  ...toolFlags,
  out: flags.outFile({ help: "File to write; stdout without it" }),
  json: flags.flag({ help: "Errors as JSON too; the output always is" }),
};

/** The flags of `watermark calibrate`. */
export const calibrateFlags = {
  ...watermarkFlags,
  ...modelFlags,
  corpus: flags.file({
    required: true,
    help: "Unmarked text (with --tokenizer or --model), or JSON with ids",
  }),
  ...flagsFrom(fields.calibration),
  samples: flags.whole({ min: 1, default: 2000, help: "Maximum number of windows per length" }),
  seed: flags.whole({ default: 0, help: "Same seed, same numbers" }),
  profileOut: flags.outFile({
    help: "File to write the profile to, with the thresholds in it",
  }),
  out: flags.outFile({ help: "File to write the result to, as JSON" }),
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** The flags of `watermark vectors`. */
export const vectorsFlags = {
  in: flags.file({ required: true, help: "Profile, key, ids and logits" }),
  out: flags.outFile({
    help: "Seeds, green lists, g-values, processed and detector scores; stdout without it",
  }),
  proxy: proxyFlag,
  ...modelFlags,
  json: flags.flag({ help: "Errors as JSON too; the output always is" }),
};
