import { TensorError } from "../../src";

/** The error that `run` throws. @throws what is not a `TensorError`, and an error where nothing is thrown */
export function thrownBy(run: () => unknown): TensorError {
  try {
    run();
  } catch (error) {
    if (TensorError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
