/** @file WebGPU in Node by the npm package webgpu, on whatever adapter the machine has. */
import type { Gpu } from "../../src/webgpu/web-gpu";

interface Dawn {
  create(flags: readonly string[]): Gpu;
  globals: object;
}

/** The adapters of this machine. Never freed: the package crashes where its instance is collected before its devices. */
async function open(): Promise<Gpu> {
  const { create, globals } = (await import("webgpu")) as unknown as Dawn;
  Object.assign(globalThis, globals);
  return create([]);
}

const kept = globalThis as { dawnForTests?: Gpu };

/** Why there is no adapter here, or undefined where there is one. */
export let missingWebGpu: string | undefined;
try {
  kept.dawnForTests ??= await open();
  const adapter = await kept.dawnForTests.requestAdapter({});
  if (!adapter) missingWebGpu = "there is no adapter (Debian: mesa-vulkan-drivers)";
} catch (error) {
  missingWebGpu = (error as Error).message;
}

/** `navigator.gpu` of this machine. */
export const nodeGpu = (): Gpu => kept.dawnForTests!;

/** A device with the largest buffers that the adapter offers. */
export async function nodeDevice() {
  const adapter = (await nodeGpu().requestAdapter({}))!;
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  return adapter.requestDevice({
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
    requiredFeatures: [],
  });
}
