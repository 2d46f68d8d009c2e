import { WorkerError } from "../bridge/worker-error";

/** Whether work ended because its graphics processor was lost; nothing that its worker held can be used again. */
export const hasLostContext = (error: unknown): boolean =>
  error instanceof WorkerError &&
  /graphics context was lost|webgpu: the device was lost/.test(error.message);

/** The message about an error that work ended with; undefined where the visitor or newer work ended it. */
export function messageOf(error: unknown): string | undefined {
  if ((error as { name?: string } | null)?.name === "AbortError") return undefined;
  if (error instanceof WorkerError) {
    if (error.message === "the worker was ended") return undefined;
    if (/WebAssembly/.test(error.message))
      return "This browser has no WebAssembly, or it is switched off; nothing can be computed without it.";
    if (hasLostContext(error) && /webgpu/.test(error.message))
      return "The browser has taken the graphics processor away, and with it all that it held; what you run next is computed on WebAssembly.";
    if (hasLostContext(error))
      return "The browser has taken the graphics processor away, and with it all that it held; run again, or switch gpu.js off.";
    if (error.code === "ERR_BACKEND") return `This backend cannot be used here: ${error.message}`;
    return `The run ended early: ${error.message}`;
  }
  return `The run ended early: ${error instanceof Error ? error.message : String(error)}`;
}
