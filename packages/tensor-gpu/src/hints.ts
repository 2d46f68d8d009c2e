import { unknownCheck } from "@deepgrain/support";
import { fail } from "./errors";

/**
 * As `refuseUnknown`, with the nearest of the known names in the message (`learningRate`: did you mean `lr`).
 * @throws {TensorError} `ERR_ARGUMENT` for an option that the function does not have
 */
export const refuseWithHint = /* @__PURE__ */ unknownCheck((message, fields) =>
  fail("ERR_ARGUMENT", message, fields),
);
