import { optionChecker } from "@deepgrain/support";
import { PurifyError } from "./errors";

/** Returns the options. @throws {PurifyError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("fine-purify", (message, fields) => {
  throw new PurifyError("ERR_ARGUMENT", message, { fields });
});
