import { refusedKernel } from "./device-errors";
import { type DeviceState, watched } from "./device-state";
import type { ComputePipeline, Device, PipelineDescriptor, PipelineLayout } from "./web-gpu";

/** Compiled kernels by their keys. */
export interface Pipelines {
  /** @param heaps how many heaps the kernel is bound to */
  find(key: string, heaps: number, source: () => string): ComputePipeline;
  /** Compiles it in the background. @throws {TensorError} `ERR_BACKEND`, the backend staying usable */
  prepare(key: string, heaps: number, source: () => string): Promise<void>;
}

export function createPipelines(
  device: Device,
  state: DeviceState,
  layouts: readonly PipelineLayout[],
): Pipelines {
  const made = new Map<string, ComputePipeline>();
  const coming = new Map<string, Promise<void>>();
  const describe = (key: string, heaps: number, code: string): PipelineDescriptor => {
    const module = device.createShaderModule({ code, label: key });
    const layout = layouts[heaps - 1]!;
    return { label: key, layout, compute: { module, entryPoint: "main" } };
  };
  const compile = async (key: string, heaps: number, code: string) => {
    device.pushErrorScope("validation");
    const description = describe(key, heaps, code);
    const refusal = device.popErrorScope().catch(() => null);
    try {
      made.set(key, await device.createComputePipelineAsync(description));
    } catch (error) {
      state.assertUsable();
      const message = (await refusal)?.message; // The compiler's, where the other only names the shader.
      throw refusedKernel(key, message ? new Error(message) : error);
    }
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
      if (made.has(key)) return;
      if (!coming.has(key)) coming.set(key, compile(key, heaps, source()));
      await coming.get(key)!.finally(() => coming.delete(key));
    },
  };
}
