import { missingWebGpu, nodeDevice } from "@deepgrain/vitest/node-webgpu";
import { afterAll, describe, expect, it, vi } from "vitest";
import * as dg from "../../src";
import { createWebGpuBackend } from "../../src/webgpu";
import { tinyLlama } from "../parity/tiny-llama";
import { tinyMoe } from "../parity/tiny-models";
import { disposeAll, trainStep } from "../parity/training-losses";
import { countedDevice } from "../support/counted-device";

const lost = expect.objectContaining({
  code: "ERR_BACKEND",
  fields: expect.objectContaining({ isContextLost: true }),
});

/** Models without dropout, so that a step can be repeated. */
const MODELS = { moe: () => tinyMoe(), llama: () => tinyLlama() };

function lossTests(): void {
  const before = dg.getBackend();
  afterAll(() => void dg.setBackend(before));

  it.each(Object.entries(MODELS))(
    "is told by the step of a %s in which it happens, and wasm goes on from a copy",
    async (_, make) => {
      const empty = dg.memory();
      const { device, living } = countedDevice(await nodeDevice());
      const webgpu = await createWebGpuBackend({ device });
      dg.setBackend(webgpu);
      const model = make();
      const adamw = new dg.optim.AdamW(model.parameters, { lr: 1e-2 });
      trainStep(model, adamw, 0).dispose();
      const state = await adamw.state();
      const weights = await Promise.all(model.parameters.map((parameter) => parameter.data()));
      const loss = trainStep(model, adamw, 1);
      const expected = await loss.item();

      const middle = model.parameters[Math.floor(model.parameters.length / 2)]!;
      const remove = middle.registerHook((gradient) => {
        device.destroy();
        return gradient;
      });
      const torn = trainStep(model, adamw, 2);
      remove();
      await expect(torn.item()).rejects.toThrow(lost);
      expect(() => trainStep(model, adamw, 3)).toThrow(lost);
      await expect(adamw.state()).rejects.toThrow(lost);
      disposeAll(model, adamw);
      for (const tensor of [loss, torn]) tensor.dispose();
      expect(dg.memory()).toEqual(empty);
      await webgpu.dispose();
      expect(living.size).toBe(0);

      dg.setBackend("wasm");
      const again = make();
      const optimiser = new dg.optim.AdamW(again.parameters, { lr: 1e-2 });
      for (const [i, parameter] of again.parameters.entries()) parameter.set(weights[i]!);
      optimiser.restore(state);
      const repeated = trainStep(again, optimiser, 1);
      expect([repeated.itemSync()]).toBeAllclose([expected], { rtol: 1e-4 });
      repeated.dispose();
      disposeAll(again, optimiser);
      expect(dg.memory()).toEqual(empty);
    },
  );

  it.each(["compiles the product", "times the chain"])(
    "is told by useBestBackend where it %s, which stays with wasm and frees all",
    async (moment) => {
      const empty = dg.memory();
      const counted = countedDevice(await nodeDevice());
      const { device, living } = counted;
      const compile = device.createComputePipeline.bind(device);
      let compiled = 0;
      const destroyAt = moment === "compiles the product" ? 1 : 2;
      const createComputePipeline = (descriptor: GPUComputePipelineDescriptor) => {
        if (++compiled === destroyAt) device.destroy();
        return compile(descriptor);
      };
      const failing = new Proxy(device, {
        get: (target, key) =>
          key === "createComputePipeline" ? createComputePipeline : Reflect.get(target, key),
      });
      // A busy machine must not end its patience with the compiler first.
      const timers = vi.spyOn(globalThis, "setTimeout").mockImplementation(() => ({}) as never);
      const { backend, reason } = await dg.useBestBackend(
        { parameters: 200_000, rows: 64 },
        { device: failing },
      );
      timers.mockRestore();
      expect(backend.name).toBe("wasm");
      expect(reason).toMatch(/^wasm: tensor-gpu\/webgpu: the device was lost/);
      expect(compiled).toBeGreaterThanOrEqual(destroyAt);
      expect(living.size).toBe(0);
      expect(dg.memory()).toEqual(empty);
      expect(dg.getBackend()).toBe(backend);
      expect(dg.tidy(() => dg.tensor([2]).mul(3).itemSync())).toBe(6);
    },
  );
}

describe("a WebGPU device that is lost", () => {
  if (missingWebGpu === undefined) lossTests();
  else it.skip(`SKIPPED, it cannot be tested: ${missingWebGpu}`, () => {});
});
