import { optionChecker } from "@deepgrain/support";
import { WatermarkError } from "./errors";

/** Returns the options. @throws {WatermarkError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("watermark", (message, fields) => {
  throw new WatermarkError("ERR_ARGUMENT", message, { fields });
});
