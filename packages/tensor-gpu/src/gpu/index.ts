import { setBackend } from "../backends";
import { optionsOf, refuseUnknown } from "../errors";
import type { GpuBackend, GpuOptions } from "./create-gpu-backend";

async function openBackend(where: string, options: GpuOptions): Promise<GpuBackend> {
  const { mode, allowSoftware, kernelLimit, memoryLimit, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest);
  const { makeGpuBackend } = await import("./create-gpu-backend");
  return makeGpuBackend({ mode, allowSoftware, kernelLimit, memoryLimit });
}

/**
 * A backend on the GPU, using the optional package gpu.js 2.24: kernels become shaders of WebGL 2, of headless GL
 * under Node, or of WebGPU. It suits models large enough to use the GPU fully; small ones are faster on `wasm`.
 * Nothing is loaded before the first call.
 *
 * @param options.mode see `GpuOptions`
 * @returns the backend; `mode` and `renderer` report where it runs, and `memory()` reports its memory
 * @throws {TensorError} `ERR_BACKEND` when gpu.js is not installed, when no mode is available, and when the renderer
 *   computes on the CPU and neither `mode` nor `allowSoftware` allows that
 */
export async function createGpuBackend(options: GpuOptions = {}): Promise<GpuBackend> {
  return openBackend("createGpuBackend", options);
}

/**
 * Calls `createGpuBackend` and creates new tensors on its backend. Later, `setBackend("gpu")` selects it again.
 *
 * @throws {TensorError} as `createGpuBackend`
 */
export async function useGPU(options: GpuOptions = {}): Promise<GpuBackend> {
  const backend = await openBackend("useGPU", options);
  setBackend(backend);
  return backend;
}
