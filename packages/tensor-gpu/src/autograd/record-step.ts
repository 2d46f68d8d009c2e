import type { Replay } from "../backend/backend";
import { getBackend } from "../backend/current";
import { assertFunction, fail } from "../errors";
import { assertNoneOpen, type Written, whileRecording } from "../tensor/open-recording";
import type { Tensor } from "../tensor/tensor";
import { keepingSurvivors, type Survivor } from "./scope";

/** A recorded step. */
export interface Recording<T> {
  /** The return value of the step. Its tensors hold the values of the last replay, until `dispose()`. */
  readonly result: T;
  /** Bytes that were allocated while recording; they are not reused before `dispose()`. */
  readonly bytes: number;
  /**
   * Reruns the step's kernels on the same memory. Afterwards, if the step gave a leaf a gradient, the leaf's `grad` holds the
   * gradient of this replay. An older gradient is replaced, not added to, so `zeroGrad()` in between is allowed but not needed.
   *
   * @throws {TensorError} `ERR_RANGE` when the data take another path than in the recording (gradients and result are then
   *   incomplete), `ERR_DISPOSED`
   */
  replay(): void;
  /** Frees the memory and the result's tensors. Gradients are not changed. */
  dispose(): void;
  [Symbol.dispose](): void;
}

interface LeafGradient {
  readonly leaf: Tensor;
  /** The recording's handle on the memory that replays write. */
  readonly memory: Tensor;
  /** The handle that the leaf received. */
  given: Tensor;
}

function gradientsOf(leaves: Iterable<Tensor>): LeafGradient[] {
  return [...leaves].flatMap((leaf) =>
    leaf.grad && !leaf.isDisposed ? [{ leaf, memory: leaf.grad.alias(), given: leaf.grad }] : [],
  );
}

/** Restores the leaf's gradient if it was removed or replaced. */
function restore(gradient: LeafGradient): void {
  const { leaf, memory, given } = gradient;
  if (leaf.grad === given && !given.isDisposed) return;
  leaf.grad?.dispose();
  gradient.given = memory.alias();
  leaf.grad = gradient.given;
}

/** The result of a step, and the tensors that outlive it. */
interface Made<T> {
  readonly result: T;
  readonly survivors: readonly Survivor[];
}

function createRecording<T>(
  { bytes, ...launches }: Replay,
  { result, survivors }: Made<T>,
  gradients: readonly LeafGradient[],
  written: Set<Written>,
): Recording<T> {
  for (const { storage } of survivors) written.add(storage);
  for (const { memory } of gradients) written.add(memory.storage);
  const dispose = () => {
    launches.dispose();
    for (const tensor of survivors) tensor.dispose();
    for (const { memory } of gradients) memory.dispose();
  };
  return {
    result,
    bytes,
    replay() {
      assertNoneOpen("a replay");
      for (const { leaf } of gradients) leaf.assertAlive("replay");
      launches.replay();
      for (const block of written) block.noteWrite();
      for (const gradient of gradients) restore(gradient);
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/**
 * Runs `step` once, as `tidy` would, and records what it does on the backend, so that `replay()` can repeat it without
 * the JavaScript around it: for models so small that it takes most of a step. Results are bit-identical to a normal step.
 *
 * Everything else in the step stays as recorded: shapes, numbers in the code, and tensors made from JavaScript data inside it.
 * So create the inputs beforehand, and `set()` them to the next batch before each replay; run the optimiser after it. All memory
 * of the step stays reserved, temporaries included, and a replay allocates none. Whether an index is out of range,
 * whether targets are ignored and whether a convolution, `topk` or `argmax` meets NaN may not change: `replay()` then throws.
 *
 * @param step synchronous, for example a forward and backward pass. Parameters must have no gradient when it begins
 * @returns the recording, with what `step` returned
 * @throws {TensorError} `ERR_BACKEND` for what cannot be replayed (reading data, random numbers and dropout, optimisers,
 *   `set()` of earlier tensors, grouped products, whose launches depend on the data, a promise, other backends than the one in
 *   use) and on backends other than `wasm`, `blas` and `webgpu`; `ERR_AUTOGRAD` when a leaf has a gradient already
 */
export function recordStep<T>(step: () => T): Recording<T> {
  assertFunction("recordStep", step);
  assertNoneOpen("a recording");
  const backend = getBackend();
  if (!backend.record)
    fail("ERR_BACKEND", `recordStep: backend ${backend.name} cannot record, wasm and blas can`, {
      backend: backend.name,
    });
  const leaves = new Set<Tensor>();
  const written = new Set<Written>();
  let made: Made<T> | undefined;
  try {
    const launches = backend.record(() => {
      made = whileRecording({ backend, leaves, written }, () => keepingSurvivors(step));
      if (made.result instanceof Promise)
        fail("ERR_BACKEND", "recordStep: the step must be synchronous");
    });
    return createRecording(launches, made!, gradientsOf(leaves), written);
  } catch (error) {
    for (const tensor of made?.survivors ?? []) tensor.dispose();
    throw error;
  }
}
