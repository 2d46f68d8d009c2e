import { describe, expect, it, vi } from "vitest";
import { TensorError } from "../../src";
import type { DeviceArray, GpuKernel } from "../../src/gpu/gpu-js";
import { createJobQueue } from "../../src/gpu/job-queue";
import { createKernelCache } from "../../src/gpu/kernel-cache";
import { loadGpuJs } from "../../src/gpu/load-gpu-js";
import { isSoftwareRenderer } from "../../src/gpu/renderer";
import { createTexturePool } from "../../src/gpu/texture-pool";

const texture = (): DeviceArray => ({ texture: {}, delete: vi.fn(), toArray: () => [] });

describe("isSoftwareRenderer", () => {
  it.each([
    "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)",
    "llvmpipe (LLVM 19.1.7, 256 bits)",
    "softpipe",
    "ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0, D3D11)",
    "Apple Software Renderer",
    "google swiftshader",
    "ANGLE (Mesa llvmpipe (LLVM 19.1.7, 256 bits) OpenGL 4.5 core)",
    "ANGLE",
  ])("knows %s", (name) => {
    expect(isSoftwareRenderer(name)).toBe(true);
  });
  it.each([
    "ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)",
    "ANGLE (Apple, ANGLE Metal Renderer: Apple M1 Max, Unspecified Version)",
    "Mesa Intel(R) UHD Graphics 620 (KBL GT2)",
    "Adreno (TM) 650",
  ])("leaves %s alone", (name) => {
    expect(isSoftwareRenderer(name)).toBe(false);
  });
});

describe("loadGpuJs", () => {
  it("says what to install where the package is missing", async () => {
    const missing = loadGpuJs(() => Promise.reject(new Error("Cannot find package 'gpu.js'")));
    await expect(missing).rejects.toMatchObject({
      code: "ERR_BACKEND",
      message: expect.stringContaining("npm i gpu.js@2.24.1"),
      cause: expect.any(Error),
    });
  });
  it("finds the package under whatever name the loader put it", async () => {
    const library = { GPU: class {}, input: () => {} };
    for (const module of [library, { default: library }])
      expect(await loadGpuJs(async () => module)).toBe(library);
    await expect(loadGpuJs(async () => ({ default: {} }))).rejects.toThrow(/expected exports/);
    expect(await loadGpuJs()).toHaveProperty("GPU");
  });
});

describe("createTexturePool", () => {
  it("hands out what was given back, by size, and counts", () => {
    const deleteTexture = vi.fn();
    const pool = createTexturePool({ deleteTexture });
    const one = texture();
    expect(pool.take(4, 4)).toBeUndefined();
    pool.count(4, 4);
    expect(pool.usage).toEqual({ textures: 1, bytes: 256, idleTextures: 0, idleBytes: 0 });
    pool.give(one, 4, 4);
    expect(pool.usage).toEqual({ textures: 0, bytes: 0, idleTextures: 1, idleBytes: 256 });
    expect(pool.take(4, 8)).toBeUndefined();
    expect(pool.take(4, 4)).toBe(one);
    pool.count(4, 4);
    pool.give(one, 4, 4);
    pool.clear();
    expect(deleteTexture).toHaveBeenCalledWith(one.texture);
    expect(pool.usage).toEqual({ textures: 0, bytes: 0, idleTextures: 0, idleBytes: 0 });
  });
  it("deletes what is beyond its limit", () => {
    const deleteTexture = vi.fn();
    const pool = createTexturePool({ deleteTexture }, 300);
    for (const one of [texture(), texture()]) {
      pool.count(4, 4);
      pool.give(one, 4, 4);
    }
    expect(deleteTexture).toHaveBeenCalledTimes(1);
    expect(pool.usage.idleTextures).toBe(1);
  });
  it("keeps nothing where results cannot be written again", () => {
    const pool = createTexturePool(undefined);
    const one = texture();
    pool.count(4, 4);
    expect(pool.usage.bytes).toBe(64);
    pool.give(one, 4, 4);
    expect(one.delete).toHaveBeenCalled();
    expect(pool.take(4, 4)).toBeUndefined();
  });
});

describe("createKernelCache", () => {
  it("destroys the kernel used longest ago, but none of its results", () => {
    const cache = createKernelCache(2);
    const kernels = ["a", "b", "c"].map(() => {
      const kernel = { context: {}, framebuffer: {}, texture: texture(), textureCache: [1] };
      return Object.assign(() => texture(), { kernel, setOutput: () => {}, destroy: vi.fn() });
    }) as unknown as (GpuKernel & { destroy: ReturnType<typeof vi.fn> })[];
    const [a, b, c] = kernels;
    cache.get("a", () => a!);
    cache.get("b", () => b!);
    cache.get("a", () => expect.unreachable());
    cache.get("c", () => c!);
    expect(b!.destroy).toHaveBeenCalledOnce();
    expect(b!.kernel).toMatchObject({ texture: null, textureCache: [] });
    expect(a!.destroy).not.toHaveBeenCalled();
    expect(cache.size).toBe(2);
    cache.clear();
    expect(c!.destroy).toHaveBeenCalledOnce();
  });
});

describe("createJobQueue", () => {
  const explain = (error: unknown) => new TensorError("ERR_BACKEND", String(error));
  it("does jobs at once while none answers with a promise", () => {
    const queue = createJobQueue(explain);
    const done: number[] = [];
    queue.submit(() => void done.push(1));
    expect(done).toEqual([1]);
    expect(queue.isSynchronous).toBe(true);
    expect(() => queue.submit(() => expect.fail("no room"))).toThrow(/no room/);
  });
  it("keeps their order from the first promise on, and tells of a failure later", async () => {
    const queue = createJobQueue(explain);
    const done: number[] = [];
    queue.submit(() => Promise.resolve().then(() => void done.push(1)));
    queue.submit(() => void done.push(2));
    expect(done).toEqual([]);
    expect(queue.isSynchronous).toBe(false);
    await queue.idle();
    expect(done).toEqual([1, 2]);
    queue.submit(() => Promise.reject(new Error("lost")));
    await queue.idle();
    expect(queue.assertNoFailure).toThrow(/lost/);
  });
});
