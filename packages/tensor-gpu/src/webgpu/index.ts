import { outOfMemory } from "../backend/out-of-memory";
import { setBackend } from "../backends";
import { assertKind, optionsOf, refuseUnknown, TensorError } from "../errors";
import { assertByteLength, assertWhole } from "../tensor/sizes";
import { createHeap } from "../wasm/linear-heap";
import { createRecorder } from "../wasm/recorder";
import type { WebGpuBackend, WebGpuOptions } from "./create-web-gpu-backend";

const LEAST_BYTES = 2 ** 20;
const ENGINE = {
  TensorError,
  assertByteLength,
  assertWhole,
  createHeap,
  createRecorder,
  optionsOf,
  outOfMemory,
};

async function openBackend(where: string, options: WebGpuOptions): Promise<WebGpuBackend> {
  const { device, powerPreference, allowSoftware, memoryLimit, f16, ...rest } = optionsOf(
    where,
    options,
  );
  refuseUnknown(where, rest);
  const isKnown = [undefined, "low-power", "high-performance"].includes(powerPreference);
  assertKind(
    isKnown,
    where,
    "powerPreference must be low-power or high-performance",
    powerPreference,
  );
  if (memoryLimit !== undefined)
    assertWhole(where, "memoryLimit", memoryLimit, {
      least: LEAST_BYTES,
      most: Number.MAX_SAFE_INTEGER,
    });
  assertKind(
    f16 === undefined || typeof f16 === "boolean",
    where,
    "f16 must be true or false",
    f16,
  );
  const { makeWebGpuBackend } = await import("./loaded-later");
  return makeWebGpuBackend({ device, powerPreference, allowSoftware, memoryLimit, f16 }, ENGINE);
}

/**
 * A backend on the graphics processor by WebGPU, with kernels of its own in WGSL. Experimental: it has the kernels that
 * language models call. It reads asynchronously only, and nothing of it is loaded before the first call.
 *
 * @param options.device a `GPUDevice` to use, which stays the caller's; by default one of `navigator.gpu`
 * @param options.powerPreference `"low-power"` or `"high-performance"` (default), where there are several adapters
 * @param options.allowSoftware whether to accept an adapter that computes on the processor; default: where `device` is given
 * @param options.memoryLimit bytes of tensors, at least 1 MiB; default: what three buffers of the adapter hold
 * @param options.f16 whether products of more than four rows stage their factors in float16, which halves the workgroup memory
 *   that they take; sums stay float32 (default false). Results are then within about 10⁻³, relative to the sum of the
 *   terms' absolute values; factors beyond 65,504 become infinite, and below 6·10⁻⁸ zero. Some Intel drivers corrupt such tiles: compare with
 *   `wasm` before you rely on it
 * @returns the backend; `adapter` tells where it runs, and `counts()` what it did since the last call
 * @throws {TensorError} `ERR_BACKEND` without `navigator.gpu` or an adapter, for a software adapter that was not allowed,
 *   where limits are refused, and for `f16` without the feature `shader-f16`; `ERR_ARGUMENT`, `ERR_RANGE` for bad options
 */
export async function createWebGpuBackend(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  return openBackend("createWebGpuBackend", options);
}

/**
 * Calls `createWebGpuBackend` and creates new tensors on its backend. Later, `setBackend("webgpu")` selects it again.
 *
 * @throws {TensorError} as `createWebGpuBackend`
 */
export async function useWebGpu(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  const backend = await openBackend("useWebGpu", options);
  setBackend(backend);
  return backend;
}
