import { describe, expect, it } from "vitest";
import { TensorError } from "../../src/errors";
import { createWasmBackend } from "../../src/wasm";
import { ARGUMENTS_ADDRESS } from "../../src/wasm/layout";
import { createWasmRuntime } from "../../src/wasm/runtime";
import { createArena, noise } from "./arena";

const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return TensorError.isInstance(error) ? error.code : error;
  }
  return undefined;
};

describe("wasm runtime", () => {
  it("keeps the compiler's constant tables out of the control words", () => {
    const { linear } = createWasmRuntime({ threads: 1 });
    expect(linear.byteLength).toBeGreaterThan(131_072);
    expect(ARGUMENTS_ADDRESS).toBeGreaterThan(65_536);
  });

  it("takes the plain build when asked to be deterministic", () => {
    expect(createWasmRuntime({ threads: 1, deterministic: true }).relaxed).toBe(false);
    expect(createWasmRuntime({ threads: 1, relaxed: false }).relaxed).toBe(false);
  });

  it("has one thread where memory is not shared", () => {
    const runtime = createWasmRuntime({ threads: 4, shared: false });
    expect(runtime.threads).toBe(1);
    expect(runtime.linear.memory.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it("refuses thread counts that make no sense", () => {
    for (const threads of [0, -1, 1.5, 65, Number.NaN]) {
      expect(codeOf(() => createWasmRuntime({ threads }))).toBe("ERR_RANGE");
    }
  });

  it("reports a kernel that does not exist", () => {
    const { launcher } = createWasmRuntime({ threads: 1 });
    expect(codeOf(() => launcher.run("nonsense" as "peak", [0], 1, 1))).toBe("ERR_BACKEND");
  });

  it("gives memory back that was borrowed, also when the borrower throws", () => {
    const { launcher, heap } = createWasmRuntime({ threads: 1 });
    expect(launcher.borrow(1000, () => heap.liveBytes)).toBe(1024);
    expect(() =>
      launcher.borrow(1000, () => {
        throw new Error("on purpose");
      }),
    ).toThrow("on purpose");
    expect(heap.liveBytes).toBe(0);
  });

  it("keeps data and argument slots over growth of an unshared memory", () => {
    const backend = createWasmBackend({ threads: 1 });
    const view = (bytes: number) => ({
      storage: { handle: backend.allocate(bytes) },
      offset: 0,
      shape: [4],
      strides: [1],
      dtype: "float32" as const,
      size: 4,
    });
    const small = view(16);
    backend.upload(small, [1, 2, 3, 4]);
    const large = view(90 * 2 ** 20);
    backend.kernels.copy(large, small);
    expect(backend.readSync!(large)).toEqual(Float32Array.of(1, 2, 3, 4));
  });
});

describe("threads", () => {
  it("run every item once, in any cut, job after job", async () => {
    const arena = createArena({ threads: 3 });
    const x = noise(10_007, 1);
    const view = arena.put(x);
    const { gemmKernels } = await import("../../src/wasm/kernels/gemm");
    const one = arena.put(Float32Array.of(1));
    const out = arena.put(new Float32Array(10_007));
    const strides = { aRow: 1, aCol: 1, bRow: 1, bCol: 1, cRow: 1 };
    const batch = { batch0: 10_007, batch1: 1, aBatch0: 1, aBatch1: 0, bBatch0: 0, bBatch1: 0 };
    const shape = { m: 1, n: 1, k: 1, ...strides, ...batch, cBatch0: 1, cBatch1: 0 };
    const expected = Float32Array.from(x);
    for (let turn = 0; turn < 300; turn++) {
      gemmKernels({
        ...arena.launcher,
        run: (name, args, items) => arena.launcher.run(name, args, items, 7),
      }).gemm(out, view, one, { ...shape, accumulate: turn > 0 });
    }
    expect(arena.read(out)).toBeAllclose(
      expected.map((value) => value * 300),
      { rtol: 1e-5, atol: 1e-4 },
    );
    await arena.dispose();
  });

  it("are counted when they are up, and not after their end", async () => {
    const backend = createWasmBackend({ threads: 3 });
    expect(await backend.threadsReady()).toBe(3);
    expect(backend).toMatchObject({ threads: 3, shared: true });
    await backend.dispose();
    expect(backend.threads).toBe(1);
    expect(await backend.threadsReady()).toBe(1);
  });

  it("may end before they have started", async () => {
    const backend = createWasmBackend({ threads: 2 });
    const ready = backend.threadsReady();
    await backend.dispose();
    expect(await ready).toBe(1);
  });

  it("end with the backend", async () => {
    const arena = createArena({ threads: 2 });
    expect(arena.helpersReady()).toBe(1);
    await arena.dispose();
  });
});
