import * as flags from "../cli/flags";

/** The model folder that a command writes. */
export const modelOutFlag = flags.folder({
  required: true,
  writes: "replaced-folder",
  help: "Folder to write; an existing model folder is replaced, any other is refused",
});
