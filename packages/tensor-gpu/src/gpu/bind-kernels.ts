import { bindTo } from "../backend/bind-to";
import type { Kernels } from "../backend/kernels";
import type { Heap } from "./cell-heap";
import * as kernels from "./kernels";
import { watchHeap } from "./watched-heap";

/** Binds every kernel to the blocks of `heap`. A kernel that fails releases everything that it allocated on the device. */
export function bindKernels(heap: Heap): Kernels {
  const watched = watchHeap(heap);
  return bindTo<Heap, Kernels>(watched.heap, kernels, (kernel) => (...args) => {
    try {
      return kernel(...args);
    } finally {
      watched.releaseHeld();
    }
  });
}
