import type { Cell } from "./cell";
import type { Heap } from "./cell-heap";
import type { Device } from "./device";

/** The heap as seen by kernels, with a record of what the running kernel has taken from it. */
export interface WatchedHeap {
  readonly heap: Heap;
  /** Releases what a kernel still holds at its end: nothing, unless it failed. */
  releaseHeld(): void;
}

/** Records every cell that a kernel takes from the device, until it is released or becomes the contents of a block. */
export function watchHeap(heap: Heap): WatchedHeap {
  const held = new Map<Cell, number>();
  const note = (cell: Cell, change: 1 | -1): Cell => {
    const count = (held.get(cell) ?? 0) + change;
    if (count === 0) held.delete(cell);
    else held.set(cell, count);
    return cell;
  };
  const { device } = heap;
  const watchedDevice: Device = Object.assign(Object.create(device), {
    pack: (values) => note(device.pack(values), 1),
    run: (...given) => note(device.run(...given), 1),
    retain: (cell) => note(device.retain(cell), 1),
    release: (cell) => device.release(note(cell, -1)),
  } satisfies Pick<Device, "pack" | "run" | "retain" | "release">);
  const watched: Heap = Object.assign(Object.create(heap), {
    device: watchedDevice,
    replace: (view, cell) => heap.replace(view, note(cell, -1)),
  } satisfies Pick<Heap, "device" | "replace">);
  return {
    heap: watched,
    releaseHeld() {
      for (const [cell, count] of held) for (let i = 0; i < count; i++) device.release(cell);
      held.clear();
    },
  };
}
