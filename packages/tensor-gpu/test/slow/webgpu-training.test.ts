import { missingWebGpu, nodeDevice } from "@deepgrain/vitest/node-webgpu";
import { afterAll, describe, expect, it } from "vitest";
import * as dg from "../../src";
import { createWebGpuBackend } from "../../src/webgpu";
import type { WebGpuBackend } from "../../src/webgpu/create-web-gpu-backend";
import { describeGpuTraining } from "../parity/describe-gpu-training";
import { tinyLlama } from "../parity/tiny-llama";
import { disposeAll, trainStep } from "../parity/training-losses";
import { countedDevice, type DeviceWork } from "../support/counted-device";

/** Losses of a model's first steps on a backend. @param before called before each step */
async function losses(
  backend: dg.Backend,
  make: () => ReturnType<typeof tinyLlama>,
  steps: number,
  before = (_: number) => {},
): Promise<number[]> {
  const old = dg.getBackend();
  dg.setBackend(backend);
  const model = make();
  const adamw = new dg.optim.AdamW(model.parameters, { lr: 1e-2 });
  const all: number[] = [];
  for (let step = 0; step < steps; step++) {
    before(step);
    const loss = trainStep(model, adamw, step);
    all.push(await loss.item());
    loss.dispose();
  }
  before(steps);
  disposeAll(model, adamw);
  dg.setBackend(old);
  return all;
}

function describeLlama(webgpu: WebGpuBackend): void {
  describe("training a Llama on WebGPU", () => {
    it("gives the losses that WebAssembly gives, and the same bits twice", async () => {
      const wasm = dg.createWasmBackend();
      const expected = await losses(wasm, () => tinyLlama(), 20);
      await wasm.dispose();
      const actual = await losses(webgpu, () => tinyLlama(), 20);
      expect(actual).toBeAllclose(expected, { rtol: 1e-4 });
      expect(await losses(webgpu, () => tinyLlama(), 20)).toEqual(actual);
    });

    it("takes few dispatches and submits for a step of four layers, and no new buffers or bytes in 300", async () => {
      const { device, living, count } = countedDevice(await nodeDevice());
      const backend = await createWebGpuBackend({ device });
      const before = dg.memory();
      const steps: (DeviceWork & { live: number })[] = [];
      const atSteps = () => {
        const work = count();
        steps.push({ ...work, live: dg.memory().bytes - before.bytes });
        expect(backend.counts()).toMatchObject(work);
      };
      await losses(backend, () => tinyLlama(128, 4, 4), 300, atSteps);
      expect(dg.memory()).toEqual(before);
      for (const { submits, dispatches } of steps.slice(1)) {
        expect(submits).toBeLessThanOrEqual(3);
        expect(dispatches).toBeGreaterThan(200);
        expect(dispatches).toBeLessThanOrEqual(260);
      }
      for (const { buffers, live } of steps.slice(4)) {
        expect(buffers).toBe(0);
        expect(live).toBe(steps[4]!.live);
      }
      expect(living.size).toBeGreaterThan(1);
      await backend.dispose();
      expect(living.size).toBe(0);
      device.destroy();
    });
  });
}

if (missingWebGpu === undefined) {
  const webgpu = await createWebGpuBackend({ device: await nodeDevice() });
  afterAll(() => webgpu.dispose());
  describeGpuTraining({ ...webgpu, dispose: async () => {} }, `WebGPU on ${webgpu.adapter}`, {
    steps: 30,
    every: 5,
  });
  describeLlama(webgpu);
} else {
  describe("training on WebGPU", () => {
    it.skip(`SKIPPED, it cannot be tested: ${missingWebGpu}`, () => {});
  });
}
