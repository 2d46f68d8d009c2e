import { describe, expect, it, vi } from "vitest";
import type { DeviceArray, Gl, GpuKernel } from "../../src/gpu/gpu-js";
import { createKernelRunner } from "../../src/gpu/kernel-runner";
import type { OpenGpu } from "../../src/gpu/open-gpu";
import { createTexturePool } from "../../src/gpu/texture-pool";

const OUT_OF_MEMORY = 1285;
const PROGRAM = { key: "double", arrays: ["x"], numbers: [], body: "value = at(x, e) * 2;" };
const LARGE = { width: 512, height: 512 };

/** gpu.js and WebGL as far as a runner sees them; textures are numbered. */
function fakeDevice() {
  const errors: number[] = [];
  const textures: DeviceArray[] = [];
  const deleteTexture = vi.fn();
  const gl = {
    FRAMEBUFFER: 1,
    OUT_OF_MEMORY,
    bindFramebuffer() {},
    deleteTexture,
  } as unknown as Gl;
  gl.getError = () => errors.shift() ?? 0;
  const createKernel = () => {
    const kernel = {
      context: gl,
      framebuffer: {},
      texture: null as DeviceArray | null,
      _setupOutputTexture() {
        if (kernel.texture) return;
        kernel.texture = { texture: { id: textures.length }, delete() {}, toArray: () => [] };
        textures.push(kernel.texture);
      },
    };
    const run = () => {
      kernel._setupOutputTexture();
      return kernel.texture;
    };
    return Object.assign(run, { kernel, setOutput() {}, destroy() {} }) as unknown as GpuKernel;
  };
  const opened = { mode: "webgl2", gpu: { createKernel }, gl } as unknown as OpenGpu;
  const pool = createTexturePool(gl);
  return { runner: createKernelRunner(opened, pool, 8), pool, errors, textures, deleteTexture };
}

describe("createKernelRunner", () => {
  it("draws into idle textures of the size, and into new ones", () => {
    const { runner, pool, textures } = fakeDevice();
    const invoke = () => runner.invoke(PROGRAM, [], ["ArrayTexture(4)"], LARGE) as DeviceArray;
    const first = invoke();
    pool.count(LARGE.width, LARGE.height);
    expect(invoke()).not.toBe(first);
    pool.give(first, LARGE.width, LARGE.height);
    expect(invoke()).toBe(first);
    expect(textures).toHaveLength(2);
    expect(runner.kernelCount).toBe(1);
  });

  it("tells that the device has no room, with what is live, keeps nothing of it, and goes on", () => {
    const { runner, errors, textures, deleteTexture } = fakeDevice();
    const invoke = () => runner.invoke(PROGRAM, [], ["ArrayTexture(4)"], LARGE);
    errors.push(OUT_OF_MEMORY);
    expect(invoke).toThrow(
      expect.objectContaining({
        code: "ERR_MEMORY",
        message: expect.stringMatching(
          /gpu: cannot allocate 4.0 MiB: the device has no room.*live tensors by operation: /,
        ),
        fields: expect.objectContaining({ byteLength: 2 ** 22, textures: 0, liveByOp: {} }),
      }),
    );
    expect(deleteTexture).toHaveBeenCalledWith(textures[0]!.texture);
    expect(invoke()).toBe(textures[1]);
  });
});
