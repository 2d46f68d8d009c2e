import { optionChecker } from "@deepgrain/options";
import { LabError } from "./errors";

/** Returns the options. @throws {LabError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("lab", (message, fields) => {
  throw new LabError("ERR_ARGUMENT", message, { fields });
});
