import { setBackend } from "../backends";
import type { GpuBackend, GpuOptions } from "./create-gpu-backend";

export type { GpuBackend, GpuMemory, GpuOptions } from "./create-gpu-backend";
export type { GpuMode } from "./open-gpu";

/**
 * A backend on the graphics processor, by the optional package gpu.js 2.24: kernels become shaders of WebGL 2, of
 * headless GL under Node, or of WebGPU. For models large enough to fill it; small ones are faster on `wasm`.
 * Nothing of it is loaded before the first call.
 *
 * @param options.mode see `GpuOptions`
 * @returns the backend, with `mode` and `renderer` to tell where it runs and `memory()` to tell what it holds
 * @throws {TensorError} `ERR_BACKEND` when gpu.js is not installed, when no mode is available, and when the renderer
 *   computes on the processor and neither `mode` nor `allowSoftware` asked for that
 */
export async function createGpuBackend(options: GpuOptions = {}): Promise<GpuBackend> {
  const { makeGpuBackend } = await import("./create-gpu-backend");
  return makeGpuBackend(options);
}

/**
 * Calls `createGpuBackend` and makes new tensors on its backend. Later `setBackend("gpu")` comes back to it.
 *
 * @throws {TensorError} as `createGpuBackend`
 */
export async function useGPU(options: GpuOptions = {}): Promise<GpuBackend> {
  const backend = await createGpuBackend(options);
  setBackend(backend);
  return backend;
}
