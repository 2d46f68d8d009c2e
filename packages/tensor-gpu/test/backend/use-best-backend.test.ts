import { afterAll, describe, expect, it, vi } from "vitest";
import { createJsBackend, getBackend, setBackend, TensorError, useBestBackend } from "../../src";
import type { GpuBackend } from "../../src/gpu/create-gpu-backend";
import { chooseBackend } from "../../src/gpu/use-best-backend";

const before = getBackend();
afterAll(() => void setBackend(before));

const LARGE = { parameters: 3_000_000, rows: 2048 };
const SMALL = { parameters: 900_000, rows: 2048 };
const gpu = {
  ...createJsBackend(),
  name: "gpu",
  mode: "webgl2",
  renderer: "Radeon",
} as unknown as GpuBackend;

describe("useBestBackend", () => {
  it("takes a graphics processor for a large model, and names it", async () => {
    const choice = await chooseBackend(LARGE, async () => gpu);
    expect(choice).toEqual({ backend: gpu, reason: "gpu: webgl2 on Radeon" });
    expect(getBackend()).toBe(gpu);
  });

  it("does not even look for one when the model is small", async () => {
    const open = vi.fn(async () => gpu);
    const { backend, reason } = await chooseBackend(SMALL, open);
    expect(open).not.toHaveBeenCalled();
    expect([backend.name, getBackend()]).toEqual(["wasm", backend]);
    expect(reason).toMatch(/^wasm: 900000 parameters on 2048 rows are too few/);
  });

  it("tells why it could not be opened, and passes on what is not a question of availability", async () => {
    const failing = (code: "ERR_BACKEND" | "ERR_MEMORY") =>
      chooseBackend(LARGE, () =>
        Promise.reject(new TensorError(code, "computes on the processor")),
      );
    const { backend, reason } = await failing("ERR_BACKEND");
    expect(backend.name).toBe("wasm");
    expect(reason).toBe("wasm: tensor-gpu/computes on the processor");
    await expect(failing("ERR_MEMORY")).rejects.toThrow("computes on the processor");
  });

  it("takes none outside browsers, and what DEEPGRAIN_BACKEND names", async () => {
    vi.stubEnv("DEEPGRAIN_BACKEND", "js");
    const { backend, reason } = await useBestBackend(LARGE);
    vi.unstubAllEnvs();
    expect(backend.name).toBe("js");
    expect(reason).toMatch(/^js: outside browsers/);
  });

  it.each([
    [0, 5],
    [5, -1],
    [Number.NaN, 1],
  ])("refuses %d parameters on %d rows", async (parameters, rows) => {
    await expect(useBestBackend({ parameters, rows })).rejects.toMatchObject({
      code: "ERR_RANGE",
      fields: { parameters, rows },
    });
  });
});
