import { optionChecker } from "@deepgrain/options";
import { TrainerError } from "./errors";

/** Returns the options. @throws {TrainerError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("trainer", (message, fields) => {
  throw new TrainerError("ERR_ARGUMENT", message, { fields });
});
