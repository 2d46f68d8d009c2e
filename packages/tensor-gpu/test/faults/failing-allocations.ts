import { type Backend, TensorError } from "../../src";
import { assembleKernels } from "../../src/wasm/assemble-kernels";
import { backendOnRuntime } from "../../src/wasm/backend";
import { createWasmRuntime } from "../../src/wasm/runtime";

/** A backend whose allocations can be made to fail. */
export interface FailingBackend {
  backend: Backend;
  /** The allocation after `count` more throws, once; Infinity for never. */
  failAfter(count: number): void;
}

/** Counts calls of what it guards and throws `ERR_MEMORY` from the one that is to fail. */
export function createBreaker() {
  let left = Number.POSITIVE_INFINITY;
  return {
    failAfter(count: number) {
      left = count;
    },
    guard<Given extends unknown[], Result>(allocate: (...given: Given) => Result) {
      return (...given: Given): Result => {
        if (left-- === 0) {
          left = Number.POSITIVE_INFINITY;
          throw new TensorError("ERR_MEMORY", "tensor-gpu/test: out of memory on purpose");
        }
        return allocate(...given);
      };
    },
  };
}

/** Tensors' memory can fail; what kernels borrow for themselves cannot. */
export function failingBackend(inner: Backend): FailingBackend {
  const { failAfter, guard } = createBreaker();
  return { backend: { ...inner, allocate: guard(inner.allocate) }, failAfter };
}

/** Wasm, with every allocation under control, those that kernels borrow too. */
export function failingWasm(threads: number): FailingBackend {
  const runtime = createWasmRuntime({ threads });
  const { failAfter, guard } = createBreaker();
  Object.assign(runtime.heap, { allocate: guard(runtime.heap.allocate) });
  const kernels = assembleKernels(runtime.launcher);
  return { backend: backendOnRuntime("wasm", runtime, kernels), failAfter };
}
