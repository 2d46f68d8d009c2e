import type { outOfMemory } from "../backend/out-of-memory";
import type { optionsOf, TensorError } from "../errors";
import type { assertByteLength, assertWhole } from "../tensor/sizes";
import type { createHeap } from "../wasm/linear-heap";
import type { createRecorder } from "../wasm/recorder";

/**
 * The parts of the package that the backend uses. They are handed in by whoever loads the backend: imported by both, it would
 * be cut into further files that every bundle loads.
 */
export interface Engine {
  readonly TensorError: typeof TensorError;
  readonly assertByteLength: typeof assertByteLength;
  readonly assertWhole: typeof assertWhole;
  readonly createHeap: typeof createHeap;
  readonly createRecorder: typeof createRecorder;
  readonly optionsOf: typeof optionsOf;
  readonly outOfMemory: typeof outOfMemory;
}

let given: Engine | undefined;

export function provideEngine(engine: Engine): void {
  given = engine;
}

/** The engine that was provided. */
export const engine = (): Engine => given!;
