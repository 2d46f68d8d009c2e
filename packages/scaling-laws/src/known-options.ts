import { optionChecker } from "@deepgrain/support";
import { ScalingLawsError } from "./errors";

/** Returns the options. @throws {ScalingLawsError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("scaling-laws", (message, fields) => {
  throw new ScalingLawsError("ERR_ARGUMENT", message, { fields });
});
