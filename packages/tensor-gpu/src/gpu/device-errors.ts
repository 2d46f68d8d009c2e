import { TensorError } from "../errors";
import type { Gl } from "./gpu-js";
import type { GpuMode } from "./open-gpu";

export const lostContext = (mode: GpuMode) =>
  new TensorError(
    "ERR_BACKEND",
    "tensor-gpu/gpu: the graphics context was lost, and its tensors with it; open another with `await useGPU()` and " +
      'load the parameters again, or go on with setBackend("wasm")',
    { fields: { mode, isContextLost: true } },
  );

/** The message for an error that gpu.js threw. */
export function explainError(mode: GpuMode, gl: Gl | undefined): (error: unknown) => TensorError {
  return (error) => {
    if (TensorError.isInstance(error)) return error;
    const message = error instanceof Error ? error.message : String(error);
    if (gl?.isContextLost() || /device (was )?lost/i.test(message)) return lostContext(mode);
    return new TensorError(
      "ERR_BACKEND",
      `tensor-gpu/gpu: a kernel failed in mode ${mode}: ${message}`,
      { fields: { mode }, cause: error },
    );
  };
}
