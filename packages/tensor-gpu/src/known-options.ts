import { optionChecker } from "@deepgrain/support";
import { TensorError } from "./errors";

/** Returns the options. @throws {TensorError} `ERR_ARGUMENT` for no object, or an option that the function does not have */
export const knownOptions = optionChecker("tensor-gpu", (message, fields) => {
  throw new TensorError("ERR_ARGUMENT", message, { fields });
});
