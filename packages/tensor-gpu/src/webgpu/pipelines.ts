import { refusedKernel } from "./device-errors";
import { type DeviceState, watched } from "./device-state";
import type { ComputePipeline, Device, PipelineDescriptor, PipelineLayout } from "./web-gpu";

/** Compiled kernels by their keys. */
export interface Pipelines {
  /** @param heaps how many heaps the kernel is bound to */
  find(key: string, heaps: number, source: () => string): ComputePipeline;
  /** The same, compiled in the background. @throws {TensorError} `ERR_BACKEND` */
  prepare(key: string, heaps: number, source: () => string): Promise<ComputePipeline>;
}

export function createPipelines(
  device: Device,
  state: DeviceState,
  layouts: readonly PipelineLayout[],
): Pipelines {
  const made = new Map<string, ComputePipeline>();
  const describe = (key: string, heaps: number, code: string): PipelineDescriptor => {
    const module = device.createShaderModule({ code, label: key });
    const layout = layouts[heaps - 1]!;
    return { label: key, layout, compute: { module, entryPoint: "main" } };
  };
  return {
    find(key, heaps, source) {
      const found = made.get(key);
      if (found) return found;
      const make = () => device.createComputePipeline(describe(key, heaps, source()));
      const pipeline = watched(device, state, "validation", make, (message) =>
        refusedKernel(key, new Error(message)),
      );
      made.set(key, pipeline);
      return pipeline;
    },
    async prepare(key, heaps, source) {
      const found = made.get(key);
      if (found) return found;
      try {
        const pipeline = await device.createComputePipelineAsync(describe(key, heaps, source()));
        made.set(key, pipeline);
        return pipeline;
      } catch (cause) {
        throw refusedKernel(key, cause);
      }
    },
  };
}
