import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import { modelOutFlags, overwriteFlag } from "@deepgrain/command-line/trainings/training-flags";
import { dtypeFlag } from "@deepgrain/command-line/trainings/weight-types";
import type { ShippedModel } from "@deepgrain/icl-anchors";
import { fields } from "@deepgrain/icl-anchors/fields";

/** Models that come with the package. */
const shipped: readonly ShippedModel[] = ["anchors", "control", "look-alike"];

/** Flags of every command that reads prompts. */
export const promptFlags = {
  model: flags.model({
    default: "anchors",
    words: shipped,
    ifMissing: `Shipped models are ${shipped.join(", ")}`,
    help: `Hugging Face folder or GGUF file, or a shipped model: ${shipped.join(", ")}`,
  }),
  task: flags.text({
    hint: "name|file",
    help: "sst2, trec, agnews, emoc, a template as JSON, or blocks, the task of the tiny models; blocks by default for shipped models",
  }),
  data: flags.file({
    help: "Labelled texts for demonstrations: JSONL with text and label, TSV or CSV",
  }),
  test: flags.file({ help: "Labelled texts to query; the rest of --data by default" }),
  ...flagsFrom(fields.prompts),
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** Flags of those that compute no gradient. */
export const readingFlags = { ...promptFlags, ...dtypeFlag };

/** The template that is written beside a model, for `--task`. */
export const TEMPLATE_FILE = "template.json";

/** The flags of `anchors train`. */
export const trainFlags = {
  data: flags.file({
    help: `Own labelled texts instead of made-up blocks: JSONL with text and label, TSV or CSV; a tokenizer and ${TEMPLATE_FILE} are written, too`,
  }),
  task: flags.text({
    hint: "name|file",
    help: "With --data, its template as for `anchors flow`; by default the labels are the label words",
  }),
  vocabSize: flags.whole({
    min: 257,
    default: 1000,
    help: "With --data, vocabulary size of the new tokenizer",
  }),
  ...flagsFrom(fields.training),
  seed: flags.whole({
    help: "Same seed, same model; that of the shipped model by default",
  }),
  ...modelOutFlags,
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** The flags of `anchors flow`. */
export const flowFlags = {
  ...promptFlags,
  ids: flags.file({ help: "One prompt as token ids, instead of --task and --data" }),
  out: flags.outFile({
    help: "File for the flow of the prompt of --ids, or the result",
  }),
  page: flags.folder({
    writes: "folder",
    help: "Folder for charts of one prompt and of the means",
  }),
  ...overwriteFlag,
  ...flagsFrom(fields.flow),
};

/** The flags of `anchors isolate`. */
export const isolateFlags = {
  ...readingFlags,
  layers: flags.numbers({
    whole: true,
    min: 1,
    help: "Numbers of layers to block; by default 1,3,5,7, as far as the model has layers",
  }),
  ...flagsFrom(fields.isolation),
};

/** The flags of `anchors auc`. */
export const aucFlags = {
  ...readingFlags,
  ...flagsFrom(fields.auc),
};

/** The flags of `anchors reweight`. */
export const reweightFlags = {
  ...promptFlags,
  ...flagsFrom(fields.reweighting),
  out: flags.outFile({ help: "File for the factors β of each seed, as JSON" }),
};

const { variant, ...compression } = fields.compression;

/** The flags of `anchors compress`. */
export const compressFlags = {
  ...readingFlags,
  variants: flags.names(variant.words, {
    help: `${variant.help}; all of ${variant.words.join(",")} by default`,
  }),
  ...flagsFrom(compression),
};

/** The flags of `anchors diagnose`. */
export const diagnoseFlags = {
  ...readingFlags,
  ...flagsFrom(fields.diagnosis),
};
