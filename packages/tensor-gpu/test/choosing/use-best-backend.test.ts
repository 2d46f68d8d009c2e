import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { createJsBackend, getBackend, setBackend, TensorError, useBestBackend } from "../../src";
import type { Backend } from "../../src/backend/backend";
import { sampleOf } from "../../src/choosing/measure-step";
import { chooseBackend } from "../../src/choosing/use-best-backend";

const before = getBackend();
afterAll(() => void setBackend(before));
afterEach(() => void vi.useRealTimers());

const SIZE = { parameters: 200_000, rows: 64 };

/** A clock that stands still unless kernels of `slowed` backends run. */
function createClock() {
  let time = 0;
  return {
    now: () => time,
    /** The backend, each of whose products and other kernels takes so many milliseconds. */
    slowed(backend: Backend, productMs: number, kernelMs: number): Backend {
      const { gemm, addScaled } = backend.kernels;
      const kernels = {
        ...backend.kernels,
        gemm: (...given: Parameters<typeof gemm>) => {
          time += productMs;
          gemm(...given);
        },
        addScaled: (...given: Parameters<typeof addScaled>) => {
          time += kernelMs;
          addScaled(...given);
        },
      };
      return { ...backend, kernels };
    },
  };
}

const usual = { ...createJsBackend(), name: "wasm" };
const [useUsual, now] = [() => setBackend(usual), () => performance.now()];

/** The choice between a wasm and a webgpu whose products and other kernels take these times. */
async function choiceOf(
  own: readonly [number, number],
  other: readonly [number, number],
  change: (backend: Backend) => Backend = (backend) => backend,
) {
  const clock = createClock();
  const slowed = clock.slowed(createJsBackend(), ...other);
  const webgpu = change(Object.assign(slowed, { name: "webgpu", adapter: "Radeon" }));
  const dispose = vi.spyOn(webgpu, "dispose");
  const choice = await chooseBackend(SIZE, {
    useUsual: () => setBackend(clock.slowed(usual, ...own)),
    open: async () => webgpu,
    now: clock.now,
  });
  return { choice, webgpu, isDisposed: dispose.mock.calls.length > 0 };
}

describe("useBestBackend", () => {
  it("takes webgpu where a step is at least 1.5 times as fast, and says both times", async () => {
    const { choice, webgpu, isDisposed } = await choiceOf([10, 0.01], [1, 0.01]);
    expect(choice.backend).toBe(webgpu);
    expect(choice.reason).toMatch(
      /^webgpu: a step takes about \d+ ms on wasm and [\d.]+ ms on webgpu \(Radeon\)$/,
    );
    expect(getBackend()).toBe(webgpu);
    expect(isDisposed).toBe(false);
  });

  it("stays where the gain is smaller, and frees the other", async () => {
    const { choice, isDisposed } = await choiceOf([10, 0.01], [8, 0.01]);
    expect(choice.backend.name).toBe("wasm");
    expect(choice.reason).toMatch(/^wasm: a step takes about .* ms on wasm and .* ms on webgpu/);
    expect(isDisposed).toBe(true);
  });

  it("stays where products are fast and launches slow", async () => {
    const { choice } = await choiceOf([0.1, 0.001], [0.01, 0.2]);
    expect(choice.backend.name).toBe("wasm");
  });

  it("stays where a product is wrong, and says that", async () => {
    const { choice, isDisposed } = await choiceOf([10, 1], [0.1, 0.01], (backend) => ({
      ...backend,
      kernels: { ...backend.kernels, gemm: (c) => backend.kernels.fill(c, 1) },
    }));
    expect(choice.backend.name).toBe("wasm");
    expect(choice.reason).toMatch(/webgpu gave a wrong matrix product/);
    expect(isDisposed).toBe(true);
  });

  it("tells that the device was lost while it measured", async () => {
    const { choice, isDisposed } = await choiceOf([10, 1], [0.1, 0.01], (backend) => ({
      ...backend,
      read: async () => {
        throw new TensorError("ERR_BACKEND", "tensor-gpu/webgpu: the device was lost");
      },
    }));
    expect(choice.reason).toBe("wasm: tensor-gpu/webgpu: the device was lost");
    expect(isDisposed).toBe(true);
  });

  it("gives up on a device that does not open, and frees one that opens late", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let openLate: (backend: Backend) => void = () => {};
    const opening = new Promise<Backend>((resolve) => {
      openLate = resolve;
    });
    let isAsked: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    const open = () => {
      isAsked();
      return opening;
    };
    const choosing = chooseBackend(SIZE, { useUsual, open, now });
    await asked;
    await vi.advanceTimersByTimeAsync(2000);
    expect((await choosing).reason).toMatch(/opening a device took more than 2 s/);
    const late = createJsBackend();
    const dispose = vi.spyOn(late, "dispose");
    openLate(late);
    await Promise.resolve();
    await Promise.resolve();
    expect(dispose).toHaveBeenCalledOnce();
  });

  it("tells why there is no device, and passes other errors on", async () => {
    const failing = (error: Error) =>
      chooseBackend(SIZE, { useUsual, open: () => Promise.reject(error), now });
    const { backend, reason } = await failing(new TensorError("ERR_BACKEND", "no adapter"));
    expect([backend, reason]).toEqual([getBackend(), `${backend.name}: tensor-gpu/no adapter`]);
    await expect(failing(new Error("a fault"))).rejects.toThrow("a fault");
  });

  it("measures nothing where there is only one backend", async () => {
    const { backend, reason } = await useBestBackend(SIZE);
    expect(backend).toBe(getBackend());
    expect(reason).toMatch(/neither WebGPU nor WebGL/);
  });

  it("measures products of the model's width", () => {
    expect(sampleOf({ parameters: 200_000, rows: 2048 }).width).toBe(64);
    expect(sampleOf({ parameters: 3_000_000, rows: 2048 }).width).toBe(256);
    const { rows, width, products } = sampleOf({ parameters: 1e9, rows: 4096 });
    expect([rows, width]).toEqual([64, 1024]);
    expect(products * rows * width ** 2).toBe(3e9 * 4096);
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
