import type { Backend } from "../backend/backend";
import { bindKernels } from "./bind-kernels";
import { createHeap } from "./cell-heap";
import { createDevice } from "./device";
import { loadGpuJs } from "./load-gpu-js";
import { type GpuMode, type OpenGpu, openGpu } from "./open-gpu";

export interface GpuOptions {
  /**
   * The graphics interface that kernels run on. Default: `webgl2`, else `headlessgl` (Node with the npm package gl and a
   * display). `webgpu` only when requested: it can read results asynchronously only.
   */
  readonly mode?: GpuMode | undefined;
  /** Whether to accept a renderer that computes on the CPU. Default: true where `mode` is given, else false. */
  readonly allowSoftware?: boolean | undefined;
  /** Maximum number of compiled kernels; the least recently used are destroyed. Default 512. */
  readonly kernelLimit?: number | undefined;
  /** Bytes of textures beyond which a kernel throws `ERR_MEMORY`. Default 2 GiB. */
  readonly memoryLimit?: number | undefined;
}

/** Current memory of a GPU backend. */
export interface GpuMemory {
  /** Textures (buffers under WebGPU) with the numbers of tensors. */
  readonly textures: number;
  readonly bytes: number;
  /** Textures that are kept for reuse. */
  readonly idleTextures: number;
  readonly idleBytes: number;
  /** Compiled kernels. */
  readonly kernels: number;
}

/** A backend that also reports where it runs. */
export interface GpuBackend extends Backend {
  readonly mode: GpuMode;
  /** The name of the GPU as reported by the driver. */
  readonly renderer: string;
  memory(): GpuMemory;
}

const DEFAULT_KERNELS = 512;
const DEFAULT_BYTES = 2 * 2 ** 30;

/** The backend on gpu.js once it is open. */
export function gpuBackendOn(
  opened: OpenGpu,
  { kernelLimit = DEFAULT_KERNELS, memoryLimit = DEFAULT_BYTES }: GpuOptions = {},
): GpuBackend {
  const device = createDevice(opened, { kernels: kernelLimit, bytes: memoryLimit });
  const heap = createHeap(device);
  return {
    name: "gpu",
    threads: 1,
    mode: opened.mode,
    renderer: opened.renderer,
    kernels: bindKernels(heap),
    allocate: heap.allocate,
    free: heap.free,
    upload: heap.upload,
    read: heap.read,
    get readSync() {
      return heap.readSync;
    },
    memory: () => ({ ...device.usage, kernels: device.kernelCount }),
    async dispose() {
      heap.clear();
      await device.dispose();
    },
  };
}

/** The backend of `createGpuBackend`, in a separate module so that only its users load it. */
export async function makeGpuBackend(options: GpuOptions = {}): Promise<GpuBackend> {
  const { mode, allowSoftware = mode !== undefined } = options;
  return gpuBackendOn(await openGpu(await loadGpuJs(), { mode, allowSoftware }), options);
}
