import type { View } from "../backend/view";
import type { Heap as JsHeap } from "../js/array-heap";
import { elementOffsets, isContiguous } from "../js/strides";
import type { Numbers } from "./block";
import type { Heap } from "./cell-heap";

/** The reference backend's view of memory on the host side of `heap`. `outputs` are about to be written. */
export function hostSide(heap: Heap, outputs: readonly View[]): JsHeap {
  const written = new Set(outputs.map(({ storage }) => storage.handle));
  const block = (view: View) => heap.host(view, written.has(view.storage.handle));
  const numbers = (view: View) => block(view).subarray(view.offset, view.offset + view.size);
  const pack = (view: View): Numbers => {
    const from = block(view);
    const packed =
      view.dtype === "float32" ? new Float32Array(view.size) : new Int32Array(view.size);
    for (const [i, place] of elementOffsets(view).entries()) packed[i] = from[place]!;
    return packed;
  };
  const noMemory = () => {
    throw new Error("memory of this side is the heap's");
  };
  return {
    allocate: noMemory,
    free: noMemory,
    clear: noMemory,
    bytes: noMemory,
    block,
    numbers,
    floats: (view) => numbers(view) as Float32Array,
    ints: (view) => numbers(view) as Int32Array,
    packed: (view) => (isContiguous(view) ? numbers(view) : pack(view)),
  };
}
