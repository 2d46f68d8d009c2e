import type { Backend } from "../backend/backend";
import { bindTo } from "../backend/bind-to";
import type { CompactKernels } from "../backend/compact-kernels";
import type { Kernels } from "../backend/kernels";
import type { Shortcuts } from "../backend/shortcuts";
import type { View } from "../backend/view";
import { createHeap, type Heap, upload } from "./array-heap";
import * as kernels from "./kernels";
import * as compact from "./kernels/compact";
import * as shortcuts from "./kernels/shortcuts";

/**
 * A backend of plain loops over typed arrays. It needs nothing but JavaScript and sums in double precision, so it is
 * the reference for the tests of the other backends. `wasm` is many times faster.
 */
export function createJsBackend(): Backend {
  const heap = createHeap();
  const readSync = (view: View) => heap.numbers(view).slice();
  return {
    name: "js",
    threads: 1,
    kernels: bindTo<Heap, Kernels>(heap, kernels),
    // No shortcut is declined, so that those of other backends can be compared with these.
    shortcuts: bindTo<Heap, Shortcuts>(heap, shortcuts),
    compact: bindTo<Heap, CompactKernels>(heap, compact),
    bytes: heap.bytes,
    allocate: heap.allocate,
    free: heap.free,
    upload: (view, data) => upload(heap, view, data),
    read: async (view) => readSync(view),
    readSync,
    dispose: async () => heap.clear(),
  };
}
