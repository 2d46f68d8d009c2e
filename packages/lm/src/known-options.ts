import { optionChecker } from "@deepgrain/support";
import { LmError } from "./errors";

/** Returns the options. @throws {LmError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("lm", (message, fields) => {
  throw new LmError("ERR_ARGUMENT", message, { fields });
});
