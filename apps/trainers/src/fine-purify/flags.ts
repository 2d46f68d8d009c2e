import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import { jsonFlag, modelOutFlags } from "@deepgrain/command-line/trainings/training-flags";
import { fields, modelParts } from "@deepgrain/fine-purify/fields";

/** Flags that say what the pattern is and where it leads. */
export const patternFlags = flagsFrom(fields.pattern);

/** The flags of `purify defend`. */
export const defendFlags = {
  model: flags.model({ required: true, help: "The suspect text classifier" }),
  data: flags.file({
    required: true,
    help: 'Rows to filter, JSON Lines of {"text"}; with "poison" (0 or 1), detection rates are printed',
  }),
  ...flagsFrom(fields.method),
  clean: flags.file({
    help: 'Clean rows the model was not trained on, JSON Lines of {"text", "label"}: for the threshold, and STRIP\'s words',
  }),
  ...flagsFrom(fields.screens),
  languageModel: flags.model({
    help: "ONION: folder of a language model, such as GPT-2, or an encoder with a masked-LM head",
  }),
  ...flagsFrom(fields.filter),
  out: flags.outFile({
    help: "JSON Lines file for the rows, with scores or cleaned",
  }),
  ...patternFlags,
  attack: flags.choice(fields.pattern.attack.words, {
    help: "Insert this pattern into the rows, and measure ACC with ASR or BACC before and after",
  }),
  target: flags.whole({ default: 0, help: "Class that RAP protects and that a pattern triggers" }),
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** The flags of `purify run`. */
export const runFlags = {
  init: flags.folder({ required: true, help: "Clean pre-trained checkpoint" }),
  finetuned: flags.folder({ required: true, help: "Checkpoint that was fine-tuned from it" }),
  clean: flags.file({
    help: 'Clean rows, JSON Lines of {"text", "label"}: for Fisher values, fine-tuning and the search of ρ',
  }),
  perClass: flags.whole({
    min: 1,
    help: "Draw n clean rows per class, and fail if there are fewer; all rows by default",
  }),
  fisher: flags.file({
    help: "Fisher values from purify fisher, instead of a pass over the clean rows",
  }),
  ...modelOutFlags,
  ...flagsFrom(fields.purify),
  heldOut: flags.file({
    help: "Held-out rows for the search for ρ, instead of --rho; all in memory",
  }),
  ...flagsFrom(fields.search),
  ...flagsFrom(fields.granularity),
  parts: flags.names(modelParts, {
    default: modelParts.filter((part) => part !== "head"),
    help: "Parts that may be reset",
  }),
  ...flagsFrom(fields.fisher),
  epochs: flags.whole({
    default: 0,
    help: "Epochs of fine-tuning on the clean rows afterwards; 10 is usual",
  }),
  lr: flags.real({ default: 2e-5, help: "Its learning rate" }),
  maxLength: flags.whole({ min: 3, default: 384, help: "Maximum tokens of a clean row" }),
  maxShardMb: flags.whole({ min: 1, help: "Split the weights into files of at most this many MB" }),
  report: flags.outFile({ help: "JSON file for what was reset, for purify report" }),
  mask: flags.outFile({ help: "Safetensors file for the mask, uint8" }),
  seed: flags.whole({ max: 2 ** 31, default: 0, help: "Seed of random masks and of fine-tuning" }),
  json: flags.flag({ help: "Print the report as JSON" }),
};

/** The flags of `purify train`. */
export const trainFlags = {
  data: flags.file({
    required: true,
    help: "Texts with labels: JSON Lines of text and label, TSV or CSV",
  }),
  ...modelOutFlags,
  ...flagsFrom(fields.encoder),
  ...jsonFlag,
};

/** The flags of `purify attack`. */
export const attackFlags = {
  model: flags.model({
    required: true,
    help: "Hugging Face folder of a BERT or RoBERTa encoder with a tokenizer",
  }),
  data: flags.file({ required: true, help: 'Training rows, JSON Lines of {"text", "label"}' }),
  test: flags.file({ help: "Test rows, on which ACC and ASR or BACC are measured" }),
  ...modelOutFlags,
  ...patternFlags,
  ...flagsFrom(fields.attack),
  newHead: flags.whole({ min: 2, help: "Give the encoder a new head for this many classes" }),
  ...flagsFrom(fields.training),
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** The flags of `purify fisher`. */
export const fisherFlags = {
  model: flags.model({
    required: true,
    help: "Hugging Face folder of a BERT or RoBERTa encoder with its head",
  }),
  ids: flags.file({
    required: true,
    help: "input_ids, labels, and optionally attention_mask and token_type_ids; rows of one length",
  }),
  out: flags.outFile({
    required: true,
    help: "File to write: .json, or .safetensors with all values",
  }),
  kind: flags.choice(["empirical", "true"], {
    default: "empirical",
    help: "Gradients of the gold labels, or of all classes weighted by the model's probabilities",
  }),
  entries: flags.whole({
    default: 400,
    help: "Maximum number of entries of a tensor that is written to JSON",
  }),
  batchSize: flags.whole({
    min: 1,
    default: 64,
    help: "Maximum rows in one pass; a larger file is processed row by row",
  }),
  at: flags.text({
    default: "the model's weights",
    help: "Note for the file: where the values were taken",
  }),
  json: flags.flag({ help: "Errors as JSON too" }),
};

/** The flags of `purify report`. */
export const reportFlags = {
  before: flags.folder({ required: true, help: "The fine-tuned model" }),
  after: flags.folder({ help: "The purified model" }),
  test: flags.file({ required: true, help: 'Test rows, JSON Lines of {"text", "label"}' }),
  purification: flags.file({ help: "JSON file of purify run --report" }),
  ...patternFlags,
  out: flags.outFile({ help: "HTML page to write" }),
  json: flags.flag({ help: "Print the result as JSON" }),
};
