import { fields } from "@deepgrain/lm/fields";
import * as flags from "../flags/flags";
import { flagsFrom } from "../flags/flags-from";

/** The flags that every training has. */
export const trainingFlags = (defaults: {
  steps: number;
  batchSize: number;
  sequenceLength: number;
  lr: number;
}) => {
  const { steps, batchSize, sequenceLength, lr, ...others } = fields.training;
  return flagsFrom({
    steps: { ...steps, default: defaults.steps },
    batchSize: { ...batchSize, default: defaults.batchSize },
    sequenceLength: { ...sequenceLength, default: defaults.sequenceLength },
    lr: { ...lr, default: defaults.lr },
    ...others,
  });
};

/** How a command that writes a few files treats a folder that it wrote before. */
export const overwriteFlag = {
  overwrite: flags.flag({ help: "Replace the files that this command wrote there before" }),
};

/** How a federation or an annotation treats an output folder that is in use already. */
export const continueFlags = {
  resume: flags.flag({
    help: "Resume the run in the output folder, if there is one: the same command with --resume continues after Ctrl-C, a crash or a kill",
  }),
  overwrite: flags.flag({
    help: "Start over in a used folder; the run's earlier results are deleted first",
  }),
};

/** How a training treats an output folder that is in use already. */
export const claimFlags = {
  resume: flags.flag({
    help: "Continue from the newest complete checkpoint of the output folder; settings and data must be the same as at the start",
  }),
  overwrite: flags.flag({
    help: "Start over in a used folder; the run's checkpoints, metrics.jsonl and own tokenizer are deleted first",
  }),
};

/** The model folder that a command writes. */
export const modelOutFlags = {
  out: flags.folder({
    required: true,
    writes: "replaced-folder",
    help: "Folder to write; it appears complete or not at all, with a run.json that lists its files",
  }),
  overwrite: flags.flag({
    help: "Replace a folder that this command wrote before; a folder with any other file is refused",
  }),
};

/** The result as JSON instead of a line. */
export const jsonFlag = { json: flags.flag({ help: "Print the result as JSON" }) };
