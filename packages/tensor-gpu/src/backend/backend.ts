import type { CompactKernels } from "./compact-kernels";
import type { Kernels } from "./kernels";
import type { PageShortcuts, Shortcuts } from "./shortcuts";
import type { Handle, View } from "./view";

/** A recorded sequence of kernel launches that can be replayed on the same memory. */
export interface Replay {
  /** Bytes that were allocated while recording: they are freed on `dispose()`, or later where they are still used. */
  readonly bytes: number;
  /** @throws {TensorError} `ERR_RANGE` when the data would lead to different launches, `ERR_DISPOSED` */
  replay(): void;
  dispose(): void;
}

/**
 * A place where tensors live and kernels run. Everything above (autograd, layers, optimisers) knows only this
 * interface; the conformance suite in `test/conformance` is what makes an object of this shape a backend.
 */
export interface Backend {
  readonly name: string;
  /** Number of threads that share a large kernel; may decrease where threads fail to start. */
  readonly threads: number;
  /** All kernels; where there is `bind`, those of some operators come with the operator's first call. */
  readonly kernels: Kernels;
  /** Its fused operations; operators compose the rest from kernels. */
  readonly shortcuts?: Partial<Shortcuts & PageShortcuts>;
  /** Kernels for compact weights; undefined where the backend does not support them. */
  readonly compact?: CompactKernels;
  /** Maximum total bytes, where there is a limit. */
  readonly maximumBytes?: number;
  /** Reserves `byteLength` bytes (a multiple of 4, may be 0), contents undefined. @throws {TensorError} `ERR_MEMORY` */
  allocate(byteLength: number): Handle;
  free(handle: Handle, byteLength: number): void;
  /** Fills a contiguous view. */
  upload(view: View, data: ArrayLike<number>): void;
  /**
   * The memory of a block, for reading bytes directly into it, where the backend has such memory. Valid until the
   * next allocation, unless the memory is shared.
   */
  bytes?(handle: Handle, byteOffset: number, byteLength: number): Uint8Array;
  /** Copies a contiguous view out: Float32Array for float32, Int32Array otherwise. Waits for kernels in flight. */
  read(view: View): Promise<Float32Array | Int32Array>;
  /** The same synchronously, where the backend can; `undefined` where it can only read asynchronously. */
  readonly readSync: ((view: View) => Float32Array | Int32Array) | undefined;
  /**
   * Records the kernel launches of `run`, where the backend can; see `recordStep`. @throws {TensorError} `ERR_BACKEND`
   * for what cannot be replayed
   */
  record?(run: () => void): Replay;
  /** Makes kernels or fused operations of a family, where the backend leaves families to their operators; see `withKernels`. */
  bind?<Made>(family: (place: never) => Made): Made;
  /** Releases threads and memory; the backend is unusable afterwards. */
  dispose(): Promise<void>;
}
