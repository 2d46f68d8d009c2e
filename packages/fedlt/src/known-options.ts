import { optionChecker } from "@deepgrain/support";
import { FedError } from "./errors";

/** Returns the options. @throws {FedError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("fedlt", (message, fields) => {
  throw new FedError("ERR_ARGUMENT", message, { fields });
});
