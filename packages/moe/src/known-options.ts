import { optionChecker } from "@deepgrain/support";
import { MoeError } from "./errors";

/** Returns the options. @throws {MoeError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("moe", (message, fields) => {
  throw new MoeError("ERR_ARGUMENT", message, { fields });
});
