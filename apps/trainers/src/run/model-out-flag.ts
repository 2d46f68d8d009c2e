import * as flags from "../cli/flags";

/** The model folder that a command writes. */
export const modelOutFlags = {
  out: flags.folder({
    required: true,
    writes: "replaced-folder",
    help: "Folder to write; it appears as a whole, with a run.json that lists its files",
  }),
  overwrite: flags.flag({
    help: "Replace the folder that such a command wrote there; one with any other file is refused",
  }),
};
