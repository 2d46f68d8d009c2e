import { optionChecker } from "@deepgrain/support";
import { RenodeError } from "./errors";

/** Returns the options. @throws {RenodeError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("renode", (message, fields) => {
  throw new RenodeError("ERR_ARGUMENT", message, { fields });
});
