import { optionChecker } from "@deepgrain/support";
import { AlignError } from "./errors";

/** Returns the options. @throws {AlignError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("align", (message, fields) => {
  throw new AlignError("ERR_ARGUMENT", message, { fields });
});
