import { TensorError } from "../errors";
import { LARGEST_EXACT } from "./cell";
import type { DeviceArray, GpuKernel, Pending } from "./gpu-js";
import { createKernelCache } from "./kernel-cache";
import { noRoom } from "./no-room";
import type { OpenGpu } from "./open-gpu";
import { type Program, sourceOf, type TexelProgram } from "./program-source";
import { bytesOf, type TexturePool } from "./texture-pool";

/** Maximum iterations of one loop; gpu.js requires a bound. */
const LOOP_LIMIT = LARGEST_EXACT;
/** From this size on, creating a texture is followed by a check whether there was memory for it. */
const CHECK_FROM_BYTES = 2 ** 20;

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface KernelRunner {
  readonly kernelCount: number;
  /** Runs a program for an output of this size; the caller owns the result. */
  invoke(
    program: Program | TexelProgram,
    values: readonly unknown[],
    types: readonly string[],
    size: Size,
  ): Pending<DeviceArray>;
  clear(): void;
}

/** The only place where kernels of gpu.js are created and called. Output textures come from the pool. */
export function createKernelRunner(
  { gpu, gl }: OpenGpu,
  pool: TexturePool,
  kernelLimit: number,
): KernelRunner {
  const isPacked = gl !== undefined;
  const kernels = createKernelCache(kernelLimit);
  let size: Size = { width: 1, height: 1 };

  /** Whether the device had no memory for a texture that was just created. */
  const isFull = ({ width, height }: Size) =>
    gl !== undefined &&
    bytesOf(width, height, 4) >= CHECK_FROM_BYTES &&
    gl.getError() === gl.OUT_OF_MEMORY;
  /** gpu.js creates a texture only where the pool has none of this size. */
  const drawIntoPool = ({ kernel }: GpuKernel) => {
    const make = kernel._setupOutputTexture?.bind(kernel);
    if (!gl || !make) return;
    kernel._setupOutputTexture = () => {
      kernel.texture = pool.take(size.width, size.height) ?? null;
      const isNew = kernel.texture === null;
      gl.bindFramebuffer(gl.FRAMEBUFFER, kernel.framebuffer);
      make();
      if (!isNew || !isFull(size)) return;
      const empty = (kernel.texture as DeviceArray | null)?.texture;
      if (empty) gl.deleteTexture(empty);
      kernel.texture = null;
      const { width, height } = size;
      throw noRoom(
        pool,
        bytesOf(width, height, 4),
        `the device has no room for ${width}×${height} texels`,
      );
    };
  };
  const compile = (program: Program | TexelProgram, types: readonly string[]) => {
    const shortcut = gpu.createKernel(sourceOf(program, isPacked), {
      argumentTypes: types,
      output: [size.width, size.height],
      pipeline: true,
      // WebGL results are never overwritten: each run draws into another texture, see below.
      immutable: !isPacked,
      precision: "single",
      tactic: "precision",
      dynamicOutput: true,
      dynamicArguments: true,
      loopMaxIterations: LOOP_LIMIT,
      ...(isPacked ? { returnType: "Array(4)" } : {}),
    });
    drawIntoPool(shortcut);
    return shortcut;
  };
  return {
    get kernelCount() {
      return kernels.size;
    },
    invoke(program, values, types, outputSize) {
      size = outputSize;
      const shortcut = kernels.get(program.key, () => compile(program, types));
      shortcut.setOutput([size.width, size.height]);
      const result = shortcut(...values);
      const { kernel } = shortcut;
      if (gl && kernel.context !== gl)
        throw new TensorError(
          "ERR_BACKEND",
          "tensor-gpu/gpu: gpu.js left the graphics processor for the main one",
        );
      if (isPacked) kernel.texture = null; // Owned by the tensor from now on.
      return result;
    },
    clear: kernels.clear,
  };
}
