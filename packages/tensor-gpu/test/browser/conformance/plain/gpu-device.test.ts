import { describe, expect, it } from "vitest";
import { createGpuBackend, TensorError } from "../../../../src";
import { gpuBackendOn } from "../../../../src/gpu/create-gpu-backend";
import { loadGpuJs } from "../../../../src/gpu/load-gpu-js";
import { openGpu } from "../../../../src/gpu/open-gpu";
import { createBench } from "../../../conformance/suite/known/bench";
import { describeGpuDevice } from "../../../gpu/describe-gpu-device";

describeGpuDevice("webgl2", /SwiftShader/);

describe("createGpuBackend", () => {
  it("says so where a mode does not exist", async () => {
    await expect(createGpuBackend({ mode: "headlessgl" })).rejects.toMatchObject({
      code: "ERR_BACKEND",
    });
  });
});

describe("a lost graphics context", () => {
  it("is told at the next call, and another backend can be opened", async () => {
    const opened = await openGpu(await loadGpuJs(), { mode: "webgl2", allowSoftware: true });
    const backend = gpuBackendOn(opened);
    const { kernels, floats, read } = createBench(backend);
    const x = floats([4], [1, 2, 3, 4]);
    kernels.unary("square", x, x, 0);
    const loss = opened.gl!.getExtension("WEBGL_lose_context") as unknown as {
      loseContext(): void;
    };
    loss.loseContext();
    const lost = expect.objectContaining({
      code: "ERR_BACKEND",
      message: expect.stringMatching(/context was lost.*await useGPU\(\)/s),
    });
    expect(() => kernels.unary("square", x, x, 0)).toThrow(lost);
    await expect(read(x)).rejects.toSatisfy(TensorError.isInstance);
    await backend.dispose();
    const next = await createGpuBackend({ mode: "webgl2" });
    const y = createBench(next);
    expect(await y.read(y.floats([2], [1, 2]))).toEqual([1, 2]);
    await next.dispose();
  });
});
