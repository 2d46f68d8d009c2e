import type { Backend } from "../backend/backend";
import type { View } from "../backend/view";
import { createHeap, upload } from "./array-heap";
import { kernelsOn } from "./kernels";
import { shortcutsOn } from "./shortcuts";

/**
 * A back end of plain loops over typed arrays. It needs nothing but JavaScript and sums in double precision, so the
 * other back ends are tested against it; `wasm` is many times faster.
 */
export function createJsBackend(): Backend {
  const heap = createHeap();
  const readSync = (view: View) => heap.numbers(view).slice();
  return {
    name: "js",
    threads: 1,
    kernels: kernelsOn(heap),
    shortcuts: shortcutsOn(heap),
    allocate: heap.allocate,
    free: heap.free,
    upload: (view, data) => upload(heap, view, data),
    read: async (view) => readSync(view),
    readSync,
    dispose: async () => heap.clear(),
  };
}
