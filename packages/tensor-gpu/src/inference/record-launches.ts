import { tidy } from "../autograd/scope";
import { noGrad } from "../autograd/track";
import { fail } from "../errors";
import { assertTensors } from "../ops/operands";
import { assertNoneOpen, type Written, whileRecording } from "../tensor/open-recording";
import type { Tensor } from "../tensor/tensor";

/** Kernel launches that can be repeated. */
export interface Launches {
  /**
   * Repeats the launches on the same memory, without the JavaScript around them.
   * @throws {TensorError} `ERR_RANGE` when the data take another path than in the recording, `ERR_DISPOSED`
   */
  replay(): void;
  /** Frees what was allocated for them. */
  dispose(): void;
}

/**
 * Runs a function that only writes into existing tensors, and records its kernel launches; see `recordStep`. Tensors that it
 * makes are freed, unless they are kept.
 *
 * @param on a tensor of the backend on which everything happens
 * @returns null where the backend cannot record; the function was then not called
 * @throws {TensorError} `ERR_ARGUMENT`, `ERR_DISPOSED`, `ERR_BACKEND` for what cannot be replayed; the function has then run in part
 */
export function recordLaunches(on: Tensor, run: () => void): Launches | null {
  assertTensors("recordLaunches", on);
  if (typeof run !== "function") fail("ERR_ARGUMENT", "recordLaunches: run must be a function");
  assertNoneOpen("a recording");
  const { backend } = on.storage;
  if (!backend.record) return null;
  const written = new Set<Written>();
  const { replay, dispose } = backend.record(() =>
    whileRecording({ backend, leaves: new Set(), written }, () => tidy(() => noGrad(run))),
  );
  return {
    replay() {
      assertNoneOpen("a replay");
      replay();
      for (const block of written) block.noteWrite();
    },
    dispose,
  };
}
