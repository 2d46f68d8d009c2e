// WebGPU in Node by the npm package webgpu (Dawn), for our own backend and for peers that look for `navigator.gpu`.

/** Makes `navigator.gpu` of this machine, and returns it. It is kept for good: devices outlive no instance. */
export async function nodeGpu() {
  const { create, globals } = await import("webgpu");
  const gpu = create([]);
  Object.assign(globalThis, globals);
  const navigator = globalThis.navigator ?? { userAgent: "Node.js" };
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  return gpu;
}
