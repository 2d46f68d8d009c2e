import { afterAll, describe, expect, it } from "vitest";
import * as dg from "../../../../src";
import { gpuBackendOn } from "../../../../src/gpu/create-gpu-backend";
import { loadGpuJs } from "../../../../src/gpu/load-gpu-js";
import { openGpu } from "../../../../src/gpu/open-gpu";
import { failTrainingStep } from "../../../faults/fail-training-step";
import { failingGpu } from "../../../faults/failing-gpu";
import { disposeAll, MODELS, trainStep } from "../../../parity/training-losses";

const MIB = 2 ** 20;
const before = dg.getBackend();
afterAll(() => void dg.setBackend(before));

describe("a full memory on the GPU", () => {
  it("is reported with what is live, and the process goes on", async () => {
    const backend = await dg.createGpuBackend({ mode: "webgl2", memoryLimit: 8 * MIB });
    dg.setBackend(backend);
    const empty = dg.memory();
    const kept = dg.tidy(() => dg.ones([512, 512]).add(1));
    const live = { ...dg.memory(), ...backend.memory() };
    const tooMuch = () => dg.tidy(() => dg.zeros([4 * MIB]));
    expect(tooMuch).toThrow(
      expect.objectContaining({
        code: "ERR_MEMORY",
        message: expect.stringMatching(
          /cannot allocate 16.0 MiB: the limit is 8388608 bytes; 1 textures .* by operation: .*add 1.0 MiB in 1/,
        ),
        fields: expect.objectContaining({
          liveByOp: expect.objectContaining({ add: { bytes: MIB, storages: 1 } }),
        }),
      }),
    );
    const tooMany = () => {
      for (const tensors = [kept]; ; ) tensors.push(tensors.at(-1)!.add(1));
    };
    expect(() => dg.tidy(tooMany)).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
    const { idleTextures: _, idleBytes: __, kernels: ___, ...textures } = backend.memory();
    expect(live).toMatchObject({ ...dg.memory(), ...textures });

    expect(dg.tidy(() => kept.matmul(kept).narrow(0, 0, 1).sum().itemSync())).toBe(MIB);
    const model = MODELS.gpt();
    const adamw = new dg.optim.AdamW(model.parameters);
    const loss = trainStep(model, adamw, 0);
    expect(loss.itemSync()).toBeGreaterThan(0);
    disposeAll(model, adamw);
    for (const tensor of [loss, kept]) tensor.dispose();
    expect(dg.memory()).toEqual(empty);
    expect(backend.memory().textures).toBe(0);
    await backend.dispose();
  });

  it("at any place of a training step leaves parameters and textures as they were", async () => {
    const failing = await failingGpu();
    const count = () => {
      const { textures, bytes } = failing.backend.memory();
      return { textures, textureBytes: bytes };
    };
    expect(await failTrainingStep(failing, { stride: 9, count })).toBeGreaterThan(25);
    expect(count().textures).toBe(0);
    await failing.backend.dispose();
  });
});

describe("a graphics context that is lost while a model trains", () => {
  it("is told by the next step, and training goes on elsewhere from a checkpoint", async () => {
    const opened = await openGpu(await loadGpuJs(), { mode: "webgl2", allowSoftware: true });
    dg.setBackend(gpuBackendOn(opened));
    const empty = dg.memory();
    const model = MODELS.moe();
    const adamw = new dg.optim.AdamW(model.parameters, { lr: 1e-2 });
    trainStep(model, adamw, 0).dispose();
    const state = await adamw.state();
    const weights = model.parameters.map((parameter) => parameter.dataSync());
    const loss = trainStep(model, adamw, 1);
    const expected = await loss.item();
    loss.dispose();

    const extension = opened.gl!.getExtension("WEBGL_lose_context") as unknown as {
      loseContext(): void;
    };
    extension.loseContext();
    expect(() => trainStep(model, adamw, 2)).toThrow(
      expect.objectContaining({
        code: "ERR_BACKEND",
        fields: expect.objectContaining({ isContextLost: true }),
      }),
    );
    disposeAll(model, adamw);
    expect(dg.memory()).toEqual(empty);

    const wasm = dg.setBackend(dg.createWasmBackend({ threads: 1 }));
    const again = MODELS.moe();
    const optimiser = new dg.optim.AdamW(again.parameters, { lr: 1e-2 });
    for (const [i, parameter] of again.parameters.entries()) parameter.set(weights[i]!);
    optimiser.restore(state);
    const repeated = trainStep(again, optimiser, 1);
    expect([repeated.itemSync()]).toBeAllclose([expected], { rtol: 1e-4 });
    repeated.dispose();
    disposeAll(again, optimiser);
    await wasm.dispose();
  });
});
