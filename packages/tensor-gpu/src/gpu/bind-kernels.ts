import { bindTo } from "../backend/bind-to";
import type { Kernels } from "../backend/kernels";
import type { Heap } from "./cell-heap";
import * as kernels from "./kernels";
import { watchHeap } from "./watched-heap";

/** Every kernel, working on the blocks of `heap`. One that fails leaves nothing of its own on the device. */
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
