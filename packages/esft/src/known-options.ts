import { optionChecker } from "@deepgrain/support";
import { EsftError } from "./errors";

/** Returns the options. @throws {EsftError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("esft", (message, fields) => {
  throw new EsftError("ERR_ARGUMENT", message, { fields });
});
