import { fields } from "@deepgrain/icl-anchors/fields";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { modelOutFlags, overwriteFlag } from "../run/training-flags";

/** Flags of every command that reads prompts. */
export const promptFlags = {
  model: flags.text({
    default: "anchors",
    hint: "dir",
    help: "Hugging Face folder (GPT-2 or Llama layout), or a shipped model: anchors, control, look-alike",
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

/** The flags of `anchors train`. */
export const trainFlags = {
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
  ...promptFlags,
  layers: flags.numbers({
    whole: true,
    min: 1,
    help: "Numbers of layers to block; by default 1,3,5,7, as far as the model has layers",
  }),
  ...flagsFrom(fields.isolation),
};

/** The flags of `anchors auc`. */
export const aucFlags = {
  ...promptFlags,
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
  ...promptFlags,
  variants: flags.names(variant.words, {
    help: `${variant.help}; all of ${variant.words.join(",")} by default`,
  }),
  ...flagsFrom(compression),
};

/** The flags of `anchors diagnose`. */
export const diagnoseFlags = {
  ...promptFlags,
  ...flagsFrom(fields.diagnosis),
};
