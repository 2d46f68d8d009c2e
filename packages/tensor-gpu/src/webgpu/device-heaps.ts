import type { Handle, View } from "../backend/view";
import type { Heap } from "../wasm/linear-heap";
import type { LinearMemory } from "../wasm/memory";
import type { WebGpuCounts } from "./counts";
import { type DeviceState, watched } from "./device-state";
import { type Engine, engine } from "./engine";
import { MOST_HEAPS, type Stream } from "./stream";
import { type Device, type GpuBuffer, USAGE } from "./web-gpu";

const FIRST_BYTES = 64 * 2 ** 20;
/** Handles of one heap. */
const HEAP_SPAN = 2 ** 32;
/** No block begins at 0, which stands for none. */
const BASE = 256;

/** The heap of a block, and where the block begins in it, in elements. */
export const heapOf = (handle: Handle): number => Math.floor(handle / HEAP_SPAN);
export const elementOf = (handle: Handle): number => (handle % HEAP_SPAN) / 4;

/** Memory as a flat view of float32. */
export const flatView = (handle: Handle, size: number): View => ({
  storage: { handle },
  offset: 0,
  shape: [size],
  strides: [1],
  dtype: "float32",
  size,
});

/** All of a heap, from its first element: for kernels that find their operands by a table. */
export const wholeHeap = (heap: number): View => flatView(heap * HEAP_SPAN, 0);

/** Blocks of up to three buffers on the device, of which the first is used as long as it has room. */
export interface DeviceHeaps extends Heap {
  readonly maximumBytes: number;
  clear(): void;
}

type Growing = Pick<LinearMemory, "byteLength" | "maximumBytes" | "grow">;

const refused = (bytes: number) => (message: string) =>
  engine().outOfMemory("webgpu", bytes, `the device refused a buffer: ${message}`);

/** A buffer that is replaced by a larger one, its contents copied on the device. */
function growingBuffer(
  heap: number,
  maximumBytes: number,
  device: Device,
  state: DeviceState,
  stream: Stream,
  buffers: GpuBuffer[],
  counts: WebGpuCounts,
): Growing {
  let byteLength = 0;
  const grow = (target: number): boolean => {
    if (target > maximumBytes) return false;
    const size = Math.min(maximumBytes, Math.max(FIRST_BYTES, target, 2 * byteLength));
    const usage = USAGE.storage | USAGE.copySource | USAGE.copyTarget;
    const rounded = Math.ceil(size / BASE) * BASE;
    const larger = watched(
      device,
      state,
      "out-of-memory",
      () => device.createBuffer({ size: rounded, usage }),
      refused(rounded),
    );
    counts.buffers++;
    const old = buffers[heap];
    if (old) {
      stream.copy(old, 0, larger, 0, byteLength);
      stream.retire(old);
    }
    buffers[heap] = larger;
    byteLength = rounded;
    stream.rebind();
    return true;
  };
  return {
    maximumBytes,
    grow,
    get byteLength() {
      return byteLength;
    },
  };
}

/**
 * @param buffers filled with the buffers of the heaps
 * @param limits.heapBytes most bytes of one heap
 * @param limits.bytes most bytes of all heaps
 */
export function createDeviceHeaps(
  device: Device,
  state: DeviceState,
  stream: Stream,
  buffers: GpuBuffer[],
  counts: WebGpuCounts,
  limits: { heapBytes: number; bytes: number },
): DeviceHeaps {
  const heaps: Heap[] = [];
  const maximumBytes = Math.min(limits.bytes, MOST_HEAPS * limits.heapBytes);
  /** False where there may be no further heap. */
  const addHeap = (): boolean => {
    const at = heaps.length;
    const left = Math.min(limits.heapBytes, maximumBytes - at * limits.heapBytes);
    if (left <= BASE) return false;
    const room = Math.floor(left / BASE) * BASE;
    const memory = growingBuffer(at, room, device, state, stream, buffers, counts);
    heaps.push(engine().createHeap(memory as LinearMemory, BASE));
    return true;
  };
  const tryHeap = (heap: number, byteLength: number): number => {
    try {
      return heap * HEAP_SPAN + heaps[heap]!.allocate(byteLength);
    } catch (error) {
      if (engine().TensorError.isInstance(error) && error.code === "ERR_MEMORY") return 0;
      throw error;
    }
  };
  const liveBytes = () => heaps.reduce((sum, heap) => sum + heap.liveBytes, 0);
  return {
    maximumBytes,
    allocate(byteLength) {
      const assertBytes: Engine["assertByteLength"] = engine().assertByteLength;
      assertBytes("webgpu", byteLength);
      if (byteLength <= limits.heapBytes - BASE)
        for (let heap = 0; heap < heaps.length || addHeap(); heap++) {
          const handle = tryHeap(heap, byteLength);
          if (handle) return handle;
        }
      const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
      const details =
        `${mib(liveBytes())} live, limit ${mib(maximumBytes)} in all and ${mib(limits.heapBytes)} for one tensor (what ` +
        "the adapter binds to a kernel at once); free tensors, take smaller batches, or go on with the wasm backend";
      const fields = { liveBytes: liveBytes(), maximumBytes, heapBytes: limits.heapBytes };
      throw engine().outOfMemory("webgpu", byteLength, details, fields);
    },
    free(handle, byteLength) {
      heaps[heapOf(handle)]?.free(handle % HEAP_SPAN, byteLength);
    },
    get liveBytes() {
      return liveBytes();
    },
    get topBytes() {
      return heaps.reduce((sum, heap) => sum + heap.topBytes, 0);
    },
    clear() {
      for (const buffer of buffers.splice(0)) buffer.destroy();
    },
  };
}
