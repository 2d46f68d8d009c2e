import type { GpuBackend } from "../../src/gpu/create-gpu-backend";
import { gpuBackendOn } from "../../src/gpu/create-gpu-backend";
import type { GpuKernel } from "../../src/gpu/gpu-js";
import { loadGpuJs } from "../../src/gpu/load-gpu-js";
import { openGpu } from "../../src/gpu/open-gpu";
import { createBreaker, type FailingBackend } from "./failing-allocations";

/** WebGL, with every run of a shader under control: each needs a texture for what it computes. */
export async function failingGpu(): Promise<FailingBackend & { backend: GpuBackend }> {
  const opened = await openGpu(await loadGpuJs(), { mode: "webgl2", allowSoftware: true });
  const { failAfter, guard } = createBreaker();
  const { gpu } = opened;
  const fragile: typeof gpu = Object.assign(Object.create(gpu), {
    createKernel(...given: Parameters<typeof gpu.createKernel>): GpuKernel {
      const run = guard((kernel: GpuKernel, values: unknown[]) => kernel(...values));
      return new Proxy(gpu.createKernel(...given), {
        apply: (kernel, _, values) => run(kernel, values),
      });
    },
  });
  return { backend: gpuBackendOn({ ...opened, gpu: fragile }), failAfter };
}
