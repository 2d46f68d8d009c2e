import type { Backend } from "../backend/backend";
import type { View } from "../backend/view";
import { bindKernels, bindShortcuts } from "./bind-kernels";
import { addWork, noCounts, type WebGpuCounts } from "./counts";
import { createLauncher } from "./create-launcher";
import { missingFloat16 } from "./device-errors";
import { createDeviceHeaps, elementOf, heapOf } from "./device-heaps";
import { watchDevice } from "./device-state";
import { type Engine, engine, provideEngine } from "./engine";
import { type DeviceOptions, type OpenDevice, openDevice } from "./open-device";
import { createPipelines } from "./pipelines";
import type { Tile } from "./products/tiles";
import { createReader } from "./reader";
import { createStream } from "./stream";
import { timePasses } from "./time-passes";
import { createUploads, wordsOf } from "./uploads";
import type { GpuBuffer } from "./web-gpu";

export interface WebGpuOptions extends DeviceOptions {
  /** Bytes of tensors beyond which allocating throws `ERR_MEMORY`. Default: what three buffers of the adapter hold. */
  readonly memoryLimit?: number | undefined;
  /** Whether products of more than four rows stage their factors in float16. Default: false. */
  readonly f16?: boolean | undefined;
}

/** A backend that also reports where it runs and what it did. */
export interface WebGpuBackend extends Backend {
  /** The name of the adapter, as far as it tells. */
  readonly adapter: string;
  /** Tiles of products that were tuned; see `tuneWebGpu`. */
  readonly tiles: Map<string, Tile>;
  /**
   * Compiles in the background the kernels that `use` launches, none of which runs.
   *
   * @throws {TensorError} `ERR_BACKEND` where the driver refuses one
   */
  compile(use: () => void): Promise<void>;
  /**
   * Launches what `use` launches and waits for it.
   *
   * @returns its milliseconds by the device's clock; undefined where the device has none
   */
  timed(use: () => void): Promise<number | undefined>;
  /** Counts of the work since the last call. */
  counts(): WebGpuCounts;
}

/** The backend on an open device. */
function backendOn(
  { device, isOwn, adapter }: OpenDevice,
  memoryLimit: number,
  f16: boolean,
): WebGpuBackend {
  const state = watchDevice(device);
  const counts = noCounts();
  const buffers: GpuBuffer[] = [];
  const stream = createStream(device, state, buffers, counts);
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const heapBytes = Math.min(maxStorageBufferBindingSize, maxBufferSize, memoryLimit);
  const limits = { heapBytes, bytes: memoryLimit };
  const heaps = createDeviceHeaps(device, state, stream, buffers, counts, limits);
  const recorder = engine().createRecorder({ ints: new Int32Array(0) }, heaps);
  const reader = createReader(device, state, stream, counts);
  const uploads = createUploads();
  const launcher = createLauncher({
    state,
    features: { subgroups: device.features?.has("subgroups") ?? false, f16 },
    pipelines: createPipelines(device, state, stream.layouts),
    allocate: recorder.heap.allocate,
    free: recorder.heap.free,
    uploaded: uploads.find,
    refuse: recorder.refuse,
    dispatch(dispatch, written, work) {
      const launch = () => {
        state.assertUsable();
        stream.dispatch(dispatch);
        addWork(counts, work);
        for (const handle of written) uploads.forget(handle);
      };
      launch();
      recorder.add(launch);
    },
  });
  const byteOf = ({ storage, offset }: View) => 4 * (elementOf(storage.handle) + offset);
  const bufferOf = ({ storage }: View) => buffers[heapOf(storage.handle)]!;
  return {
    name: "webgpu",
    threads: 1,
    adapter,
    tiles: launcher.tiles,
    compile: launcher.compile,
    async timed(use) {
      recorder.refuse("timing kernels");
      state.assertUsable();
      return timePasses(device, stream, reader, buffers[0]!, use);
    },
    kernels: bindKernels(launcher),
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
      return recorder.heap.allocate(byteLength);
    },
    free(handle, byteLength) {
      uploads.forget(handle);
      recorder.heap.free(handle, byteLength);
    },
    upload(view, data) {
      state.assertUsable();
      if (!recorder.isOwn(view.storage.handle)) recorder.refuse("set() of a tensor made before");
      if (view.size === 0) return;
      const words = wordsOf(view, data);
      const send = () => {
        state.assertUsable();
        uploads.add(view, words);
        stream.upload(() => bufferOf(view), byteOf(view), words);
      };
      send();
      recorder.add(send);
    },
    async read(view) {
      recorder.refuse("reading a tensor");
      state.assertUsable();
      const Numbers = view.dtype === "float32" ? Float32Array : Int32Array;
      if (view.size === 0) return new Numbers(0);
      return new Numbers(await reader.read(bufferOf(view), byteOf(view), 4 * view.size));
    },
    record: recorder.record,
    async dispose() {
      state.dispose();
      stream.destroy();
      reader.destroy();
      heaps.clear();
      if (isOwn) device.destroy();
    },
  };
}

/** The backend of `createWebGpuBackend`, on the engine that loads it. */
export async function makeWebGpuBackend(
  { memoryLimit = Number.POSITIVE_INFINITY, f16 = false, ...options }: WebGpuOptions,
  around: Engine,
): Promise<WebGpuBackend> {
  provideEngine(around);
  const opened = await openDevice(options);
  try {
    if (f16 && !opened.device.features?.has("shader-f16")) throw missingFloat16(opened.adapter);
    return backendOn(opened, memoryLimit, f16);
  } catch (error) {
    if (opened.isOwn) opened.device.destroy();
    throw error;
  }
}
