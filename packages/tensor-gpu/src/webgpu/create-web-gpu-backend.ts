import type { Backend } from "../backend/backend";
import type { Kernels } from "../backend/kernels";
import type { View } from "../backend/view";
import { bindKernels, bindShortcuts } from "./bind-kernels";
import { noCounts, type WebGpuCounts } from "./counts";
import { createLauncher } from "./create-launcher";
import { createDeviceHeaps, elementOf, heapOf } from "./device-heaps";
import { watchDevice } from "./device-state";
import { type DeviceOptions, openDevice } from "./open-device";
import { createPipelines } from "./pipelines";
import type { Tile } from "./products/tiles";
import { createReader } from "./reader";
import { createStream } from "./stream";
import { createUploads, wordsOf } from "./uploads";
import type { GpuBuffer } from "./web-gpu";

export interface WebGpuOptions extends DeviceOptions {
  /** Bytes of tensors beyond which allocating throws `ERR_MEMORY`. Default: what three buffers of the adapter hold. */
  readonly memoryLimit?: number | undefined;
}

/** A backend that also reports where it runs and what it did. */
export interface WebGpuBackend extends Backend {
  /** The name of the adapter, as far as it tells. */
  readonly adapter: string;
  /** Tiles of products that were tuned; see `tuneWebGpu`. */
  readonly tiles: Map<string, Tile>;
  /** What was done since the last call. */
  counts(): WebGpuCounts;
}

/** The backend of `createWebGpuBackend`, in a separate module so that only its users load it. */
export async function makeWebGpuBackend(options: WebGpuOptions): Promise<WebGpuBackend> {
  const { device, isOwn, adapter } = await openDevice(options);
  const state = watchDevice(device);
  const counts = noCounts();
  const buffers: GpuBuffer[] = [];
  const stream = createStream(device, state, buffers, counts);
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const { memoryLimit = Number.POSITIVE_INFINITY } = options;
  const heapBytes = Math.min(maxStorageBufferBindingSize, maxBufferSize, memoryLimit);
  const limits = { heapBytes, bytes: memoryLimit };
  const heaps = createDeviceHeaps(device, state, stream, buffers, counts, limits);
  const reader = createReader(device, state, stream, counts);
  const uploads = createUploads();
  const launcher = createLauncher({
    state,
    stream,
    counts,
    pipelines: createPipelines(device, state, stream.layouts),
    allocate: heaps.allocate,
    free: heaps.free,
    uploaded: uploads.find,
    written: ({ storage }) => uploads.forget(storage.handle),
    launched() {},
  });
  const byteOf = ({ storage, offset }: View) => 4 * (elementOf(storage.handle) + offset);
  const bufferOf = ({ storage }: View) => buffers[heapOf(storage.handle)]!;
  let isDisposed = false;
  return {
    name: "webgpu",
    threads: 1,
    adapter,
    tiles: launcher.tiles,
    kernels: bindKernels(launcher) as Kernels,
    shortcuts: bindShortcuts(launcher),
    maximumBytes: heaps.maximumBytes,
    readSync: undefined,
    counts() {
      const now = { ...counts };
      Object.assign(counts, noCounts());
      return now;
    },
    allocate(byteLength) {
      state.assertUsable();
      return heaps.allocate(byteLength);
    },
    free(handle, byteLength) {
      uploads.forget(handle);
      heaps.free(handle, byteLength);
    },
    upload(view, data) {
      state.assertUsable();
      if (view.size === 0) return;
      const words = wordsOf(view, data);
      uploads.add(view, words);
      stream.upload(() => bufferOf(view), byteOf(view), words);
    },
    async read(view) {
      state.assertUsable();
      const Numbers = view.dtype === "float32" ? Float32Array : Int32Array;
      if (view.size === 0) return new Numbers(0);
      return new Numbers(await reader.read(bufferOf(view), byteOf(view), 4 * view.size));
    },
    async dispose() {
      if (isDisposed) return;
      isDisposed = true;
      state.dispose();
      stream.destroy();
      reader.destroy();
      heaps.clear();
      if (isOwn) device.destroy();
    },
  };
}
