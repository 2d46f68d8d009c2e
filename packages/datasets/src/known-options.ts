import { optionChecker } from "@deepgrain/support";
import { DatasetsError } from "./errors";

/** Returns the options. @throws {DatasetsError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("datasets", (message, fields) => {
  throw new DatasetsError("ERR_ARGUMENT", message, { fields });
});
