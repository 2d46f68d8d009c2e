import type { Replay } from "../backend/backend";
import { getBackend } from "../backend/current";
import { TensorError } from "../errors";
import { assertNoneOpen, whileRecording } from "../tensor/open-recording";
import type { Tensor } from "../tensor/tensor";
import { keepingSurvivors, type Survivor } from "./scope";

/** A recorded step. */
export interface Recording<T> {
  /** What the step returned. Its tensors hold the values of the last replay, until `dispose()`. */
  readonly result: T;
  /** Bytes that were allocated while recording; they are not reused before `dispose()`. */
  readonly bytes: number;
  /**
   * Runs the step's kernels again, on the same memory. Afterwards the `grad` of each leaf that the step gave one holds this
   * step's gradient; an older one is replaced, not added to, so `zeroGrad()` in between is allowed and not needed.
   *
   * @throws {TensorError} `ERR_RANGE` when the data take another path than when it was recorded (gradients and result are then
   *   not whole), `ERR_DISPOSED`
   */
  replay(): void;
  /** Gives the memory and the result's tensors back. Gradients stay as they are. */
  dispose(): void;
  [Symbol.dispose](): void;
}

interface LeafGradient {
  readonly leaf: Tensor;
  /** The recording's handle on the memory that replays write. */
  readonly memory: Tensor;
  /** The handle that the leaf was given. */
  given: Tensor;
}

function gradientsOf(leaves: Iterable<Tensor>): LeafGradient[] {
  return [...leaves].flatMap((leaf) =>
    leaf.grad && !leaf.isDisposed ? [{ leaf, memory: leaf.grad.alias(), given: leaf.grad }] : [],
  );
}

/** Puts the gradient back where it was taken away or replaced. */
function restore(gradient: LeafGradient): void {
  const { leaf, memory, given } = gradient;
  if (leaf.grad === given && !given.isDisposed) return;
  leaf.grad?.dispose();
  gradient.given = memory.alias();
  leaf.grad = gradient.given;
}

function createRecording<T>(
  { bytes, ...launches }: Replay,
  result: T,
  survivors: readonly Survivor[],
  gradients: readonly LeafGradient[],
): Recording<T> {
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
      for (const gradient of gradients) restore(gradient);
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/**
 * Runs `step` once, as `tidy` would, and records what it does on the backend, so that `replay()` can do it again without
 * the JavaScript around it: for models so small that this is most of a step. Bits are those of a step that runs live.
 *
 * Everything else about the step stays as it was recorded: shapes, numbers in the code, and tensors made from JavaScript data inside it.
 * So create the inputs beforehand, and `set()` them to the next batch before each replay; run the optimiser after it. All memory
 * of the step is kept from other use, temporaries included, and a replay allocates none. Whether an index is out of range,
 * whether targets are ignored and whether a convolution, `topk` or `argmax` meets NaN may not change: `replay()` then throws.
 *
 * @param step synchronous; forward and backward pass, say. Parameters have no gradient when it begins
 * @returns the recording, with what `step` returned
 * @throws {TensorError} `ERR_BACKEND` for what cannot be replayed (reading data, random numbers and dropout, optimisers,
 *   `set()` of tensors made before, grouped products, whose launches depend on the data, a promise, other backends than the one in
 *   use) and on backends other than `wasm` and `blas`; `ERR_AUTOGRAD` when a leaf has a gradient already
 */
export function recordStep<T>(step: () => T): Recording<T> {
  assertNoneOpen("a recording");
  const backend = getBackend();
  if (!backend.record)
    throw new TensorError(
      "ERR_BACKEND",
      `tensor-gpu/recordStep: backend ${backend.name} cannot record, wasm and blas can`,
      { fields: { backend: backend.name } },
    );
  const leaves = new Set<Tensor>();
  let made: { result: T; survivors: readonly Survivor[] } | undefined;
  try {
    const launches = backend.record(() => {
      made = whileRecording({ backend, leaves }, () => keepingSurvivors(step));
      if (made.result instanceof Promise)
        throw new TensorError("ERR_BACKEND", "tensor-gpu/recordStep: the step must be synchronous");
    });
    return createRecording(launches, made!.result, made!.survivors, gradientsOf(leaves));
  } catch (error) {
    for (const tensor of made?.survivors ?? []) tensor.dispose();
    throw error;
  }
}
