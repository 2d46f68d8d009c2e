import type { GpuKernel } from "./gpu-js";

/** Compiled kernels by key, the least recently used destroyed beyond `limit`. */
export interface KernelCache {
  readonly size: number;
  get(key: string, make: () => GpuKernel): GpuKernel;
  clear(): void;
}

/** @param limit maximum number of compiled kernels */
export function createKernelCache(limit: number): KernelCache {
  const kernels = new Map<string, GpuKernel>(); // in order of last use
  const destroy = (shortcut: GpuKernel) => {
    const { kernel } = shortcut;
    kernel.texture = null; // results belong to the tensors
    if (kernel.textureCache) kernel.textureCache = [];
    shortcut.destroy();
  };
  return {
    get size() {
      return kernels.size;
    },
    get(key, make) {
      const found = kernels.get(key) ?? make();
      kernels.delete(key);
      kernels.set(key, found);
      if (kernels.size > limit) {
        const [oldest, kernel] = kernels.entries().next().value!;
        kernels.delete(oldest);
        destroy(kernel);
      }
      return found;
    },
    clear() {
      for (const kernel of kernels.values()) destroy(kernel);
      kernels.clear();
    },
  };
}
