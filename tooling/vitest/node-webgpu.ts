/// <reference types="@webgpu/types" />
/** @file WebGPU in Node by the npm package webgpu, on whatever adapter the machine has. */

/** Kept for good: the package crashes where its instance is collected before its devices. */
const kept = globalThis as { dawnForTests?: GPU };

/**
 * Mesa's adapter for processors compiles for seconds what it runs for milliseconds: narrow vectors and an idle optimiser
 * compile in less than half the time. Other adapters do not know these names.
 */
const QUICK_COMPILING = { LP_NATIVE_VECTOR_WIDTH: "128", GALLIVM_PERF: "nopt" };

async function open(): Promise<GPU> {
  Object.assign(process.env, { ...QUICK_COMPILING, ...process.env });
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  return create([]);
}

/** Why there is no adapter here, or undefined where there is one. */
export let missingWebGpu: string | undefined;
try {
  kept.dawnForTests ??= await open();
  const adapter = await kept.dawnForTests.requestAdapter();
  if (!adapter) missingWebGpu = "there is no adapter (Debian: mesa-vulkan-drivers)";
} catch (error) {
  missingWebGpu = (error as Error).message;
}

/** `navigator.gpu` of this machine. */
export const nodeGpu = (): GPU => kept.dawnForTests!;

/** A device with the largest buffers that the adapter offers. */
export async function nodeDevice(): Promise<GPUDevice> {
  const adapter = (await nodeGpu().requestAdapter())!;
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  return adapter.requestDevice({
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
  });
}
