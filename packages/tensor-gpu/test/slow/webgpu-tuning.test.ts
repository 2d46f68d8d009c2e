import { missingWebGpu, nodeDevice, nodeGpu } from "@deepgrain/vitest/node-webgpu";
import { afterEach, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { createWebGpuBackend } from "../../src/webgpu";
import type { WebGpuBackend } from "../../src/webgpu/create-web-gpu-backend";
import { tuneTiles } from "../../src/webgpu/tune-tiles";
import { countedDevice } from "../support/counted-device";

const SHAPES = [{ m: 48, n: 64, k: 64 }];
let opened: { backend: WebGpuBackend; device: GPUDevice }[] = [];

afterEach(async () => {
  for (const { backend, device } of opened) {
    await backend.dispose();
    device.destroy();
  }
  opened = [];
});

async function open(given?: GPUDevice) {
  const device = given ?? (await nodeDevice());
  const backend = await createWebGpuBackend({ device });
  opened.push({ backend, device });
  return { backend, device };
}

const backendError = expect.objectContaining({ code: "ERR_BACKEND" });

if (missingWebGpu === undefined) {
  describe("tuning on a device", () => {
    it("compiles in the background only, and computes with the tile that it keeps", async () => {
      const counted = countedDevice(await nodeDevice());
      const { backend, device } = await open(counted.device);
      let blocking = 0;
      const make = device.createComputePipeline.bind(device);
      backend.counts();
      const value = (given: never) => {
        blocking++;
        return make(given);
      };
      Object.defineProperty(device, "createComputePipeline", { value });
      const saved = await dg.tuneWebGpu(backend, SHAPES);
      expect(blocking).toBe(0);
      expect(Object.keys(saved)).toEqual(["48,64,64,1"]);
      expect(backend.counts().dispatches).toBeGreaterThan(10);
      expect(await dg.tuneWebGpu(backend, SHAPES, { saved })).toEqual(saved);
      expect(backend.counts().dispatches).toBe(0);
    });

    it("times by the device's clock where it has one", async () => {
      const adapter = (await nodeGpu().requestAdapter())!;
      const requiredFeatures = ["timestamp-query"] as const;
      const { backend } = await open(await adapter.requestDevice({ requiredFeatures }));
      const standsStill = () => 0;
      const saved = await tuneTiles(backend, SHAPES, {}, standsStill);
      expect(Object.keys(saved)).toHaveLength(1);
      const times: (number | undefined)[] = [];
      const { timed } = backend;
      Object.assign(backend, {
        timed: async (use: () => void) => {
          times.push(await timed(use));
          return times.at(-1);
        },
      });
      backend.tiles.clear();
      await tuneTiles(backend, SHAPES, {}, standsStill);
      expect(times.length).toBeGreaterThan(1);
      for (const time of times) expect(time).toBeGreaterThan(0);
    });

    it("leaves out what the driver refuses, and stays usable where it refuses all", async () => {
      const device = await nodeDevice();
      const isBad = { some: (_: string) => false };
      const makeModule = device.createShaderModule.bind(device);
      const value = (given: GPUShaderModuleDescriptor) =>
        makeModule(isBad.some(given.label!) ? { ...given, code: "not WGSL" } : given);
      Object.defineProperty(device, "createShaderModule", { value });
      const { backend } = await open(device);
      isBad.some = (label) => /^product 32x32/.test(label);
      const [tile] = Object.values(await dg.tuneWebGpu(backend, SHAPES));
      expect(tile).not.toMatch(/^32x32/);
      backend.tiles.clear();
      isBad.some = (label) => /^product/.test(label);
      const refused = dg.tuneWebGpu(backend, [{ m: 49, n: 65, k: 33 }]);
      await expect(refused).rejects.toThrow(
        expect.objectContaining({
          code: "ERR_BACKEND",
          fields: expect.objectContaining({ kernel: expect.stringMatching(/^product/) }),
          cause: expect.objectContaining({ message: expect.stringMatching(/WGSL|parsing/) }),
        }),
      );
      expect(backend.tiles.size).toBe(0);
      isBad.some = () => false;
      await dg.tuneWebGpu(backend, [{ m: 49, n: 65, k: 33 }]);
    });

    it("throws the typed error where the device is lost", async () => {
      const { backend, device } = await open();
      const { timed } = backend;
      const destroyed = async (use: () => void) => {
        device.destroy();
        return timed(use);
      };
      Object.assign(backend, { timed: destroyed });
      await expect(dg.tuneWebGpu(backend, SHAPES)).rejects.toThrow(backendError);
      expect(backend.tiles.size).toBe(0);
      Object.assign(backend, { timed });
      await expect(dg.tuneWebGpu(backend, SHAPES)).rejects.toThrow(backendError);
    });
  });
} else {
  describe("tuning on a device", () => {
    it.skip(`SKIPPED, it cannot be tested: ${missingWebGpu}`, () => {});
  });
}
