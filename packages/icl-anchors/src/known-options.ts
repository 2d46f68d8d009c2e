import { optionChecker } from "@deepgrain/support";
import { AnchorsError } from "./errors";

/** Returns the options. @throws {AnchorsError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("icl-anchors", (message, fields) => {
  throw new AnchorsError("ERR_ARGUMENT", message, { fields });
});
