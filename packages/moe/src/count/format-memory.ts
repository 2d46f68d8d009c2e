import { having } from "../errors";
import type { MemoryEstimate } from "./estimate-memory";

/** The bytes that one WebAssembly memory can address. */
const LIMIT_BYTES = 4 * 2 ** 30;

const size = (bytes: number): string => {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes >= 1024
    ? `${(mebibytes / 1024).toFixed(1)} GiB`
    : `${mebibytes.toFixed(mebibytes < 10 ? 1 : 0)} MiB`;
};

/** A memory estimate in a sentence, with a warning if it exceeds the 4 GiB of a WebAssembly memory. */
export function formatMemory(estimate: MemoryEstimate): string {
  having("formatMemory", "estimate", estimate, "parameters", "gradients");
  const { parameters, gradients, optimizer, activations, total } = estimate;
  const parts =
    `weights ${size(parameters)}, gradients ${size(gradients)}, optimiser ${size(optimizer)}, ` +
    `activations ${size(activations)}`;
  const warning =
    total > LIMIT_BYTES
      ? " That is more than the 4 GiB of a WebAssembly memory: take smaller batches or a smaller model."
      : "";
  return `Memory for a training step: about ${size(total)} (${parts}).${warning}`;
}
