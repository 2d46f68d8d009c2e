import { optionChecker } from "@deepgrain/support";
import { PrmError } from "./errors";

/** Returns the options. @throws {PrmError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("prm", (message, fields) => {
  throw new PrmError("ERR_ARGUMENT", message, { fields });
});
