import * as flags from "@deepgrain/command-line/flags/flags";
import { overwriteFlag } from "@deepgrain/command-line/trainings/training-flags";

/** The folders in which runs are looked for. */
const folders = flags.repeated(
  flags.argument(
    flags.folder({
      required: true,
      help: "Folders of runs: those that hold metrics.jsonl, and folders that contain such",
    }),
  ),
);

export const watchFlags = {
  dir: folders,
  port: flags.whole({ max: 65_535, default: 0, help: "Port; 0 takes any free one" }),
};

export const exportFlags = {
  dir: folders,
  format: flags.choice(["csv", "tensorboard"], {
    required: true,
    help: "csv: metrics.csv with a row per line of metrics.jsonl, texts such as =1+1 behind an apostrophe; tensorboard: an event file",
  }),
  out: flags.folder({
    isMade: true,
    help: "Folder for the files, with one per run where there are several; beside metrics.jsonl without it",
  }),
  ...overwriteFlag,
  json: flags.flag({ help: "Print the written paths as JSON" }),
};
