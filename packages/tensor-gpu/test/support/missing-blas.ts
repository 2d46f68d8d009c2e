import { createBlasBackend } from "../../src/blas";
import { TensorError } from "../../src/errors";

/** Why there is no BLAS here, or undefined where there is. */
function whyMissing(): string | undefined {
  try {
    createBlasBackend({ threads: 1 });
    return undefined;
  } catch (error) {
    if (TensorError.isInstance(error) && error.code === "ERR_BACKEND") return error.message;
    throw error;
  }
}

/** The message to whoever runs the tests without BLAS. */
export const missingBlas = whyMissing();
