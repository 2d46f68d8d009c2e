import type { Backend } from "../backend/backend";
import type { Kernels } from "../backend/kernels";
import type { PageShortcuts, Shortcuts } from "../backend/shortcuts";
import type { View } from "../backend/view";
import { optionsOf } from "../errors";
import { coreKernels } from "./core-kernels";
import { compactKernels } from "./kernels/compact";
import { linearShortcut } from "./kernels/gemm";
import { createWasmRuntime, type WasmOptions, type WasmRuntime } from "./runtime";

function element(view: View): number {
  return view.storage.handle / 4 + view.offset;
}

/** A backend that also reports its actual configuration: a browser may have refused some of the options. */
export interface WasmBackend extends Backend {
  /** Whether products are added without rounding in between (fused multiply-add). */
  readonly relaxed: boolean;
  /** Whether the memory is shared; without it there is one thread. */
  readonly shared: boolean;
  /**
   * Starts the threads, which otherwise start at the first large kernel, and waits until each is running or has failed.
   *
   * @returns the number of threads, the caller's included: 1 where a content policy forbids workers
   */
  threadsReady(): Promise<number>;
}

/** The backend whose tensors are stored in the runtime's heap. */
export function backendOnRuntime(
  name: string,
  runtime: WasmRuntime,
  kernels: Kernels,
  shortcuts: Partial<Shortcuts & PageShortcuts> = {},
): Backend {
  const { linear, heap, recorder } = runtime;
  const readSync = (view: View) => {
    recorder.refuse("reading a tensor");
    const all = view.dtype === "float32" ? linear.floats : linear.ints;
    return all.slice(element(view), element(view) + view.size);
  };
  return {
    name,
    get threads() {
      return runtime.threads;
    },
    kernels,
    shortcuts,
    compact: compactKernels(runtime.launcher),
    maximumBytes: linear.maximumBytes,
    bytes(handle, byteOffset, byteLength) {
      recorder.refuse("writing to a tensor's memory");
      return new Uint8Array(linear.ints.buffer, handle + byteOffset, byteLength);
    },
    allocate: heap.allocate,
    free: heap.free,
    upload(view, data) {
      const first = element(view);
      if (!recorder.isOwn(view.storage.handle)) recorder.refuse("set() of a tensor made before");
      if (view.dtype === "bool") {
        for (let i = 0; i < view.size; i++) linear.ints[first + i] = data[i] ? 1 : 0;
      } else {
        (view.dtype === "float32" ? linear.floats : linear.ints).set(data, first);
      }
      if (!recorder.isOpen) return;
      const words = linear.ints.slice(first, first + view.size);
      recorder.add(() => linear.ints.set(words, first)); // Data may have been changed in place since.
    },
    readSync,
    read: async (view) => readSync(view),
    record: recorder.record,
    dispose: runtime.dispose,
  };
}

/**
 * The backend that runs everywhere: WebAssembly kernels on their own heap, with threads where memory can be shared.
 * Threads start at the first kernel that is large enough for them, and no kernel waits for them to start.
 *
 * @throws {TensorError} `ERR_BACKEND` without WebAssembly SIMD, and where compiling bytes is forbidden, which the option
 *   `module` avoids; `ERR_ARGUMENT` for a module that is none, `ERR_RANGE` for a bad option, `ERR_MEMORY` when no memory can be reserved
 */
export function createWasmBackend(options: WasmOptions = {}): WasmBackend {
  const runtime = createWasmRuntime(optionsOf("createWasmBackend", options));
  const { launcher } = runtime;
  // The kernels of other operators are bound when these are first called; until then a few are missing.
  const kernels = coreKernels(launcher) as Kernels;
  const backend = backendOnRuntime("wasm", runtime, kernels, linearShortcut(launcher));
  const { relaxed, shared } = runtime;
  return Object.assign(backend, {
    relaxed,
    shared,
    bind: <Made>(family: (place: never) => Made) => family(launcher as never),
    async threadsReady() {
      await runtime.awaitHelpers();
      return runtime.threads;
    },
  });
}
