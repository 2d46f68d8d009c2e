import os from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createWasmBackend, TensorError } from "../../src";
import { usualThreads } from "../../src/wasm/usual-threads";

const MEBIBYTE = 2 ** 20;

function codeOf(run: () => unknown): string {
  try {
    run();
    return "none";
  } catch (error) {
    if (TensorError.isInstance(error)) return error.code;
    throw error;
  }
}

describe("the number of threads of a backend that is told none", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  const processors = (count: number) => vi.spyOn(os, "availableParallelism").mockReturnValue(count);

  it.each([
    [1, 1],
    [3, 3],
    [8, 8],
    [9, 8],
    [128, 8],
  ])("is that of %i processors, at most 8: %i", async (count, threads) => {
    vi.stubEnv("DEEPGRAIN_THREADS", undefined);
    processors(count);
    expect(usualThreads()).toBe(threads);
    const backend = createWasmBackend();
    expect(backend.threads).toBe(threads);
    await backend.dispose();
  });

  it.each(["1", "3", "64"])("is what DEEPGRAIN_THREADS says: %s", async (said) => {
    vi.stubEnv("DEEPGRAIN_THREADS", said);
    processors(2);
    const backend = createWasmBackend();
    expect(backend.threads).toBe(Number(said));
    await backend.dispose();
    const told = createWasmBackend({ threads: 2 });
    expect(told.threads).toBe(2);
    await told.dispose();
  });

  it.each(["0", "1.5", "65", "-1", "many", "Infinity"])(
    "is refused where DEEPGRAIN_THREADS is %s",
    (said) => {
      vi.stubEnv("DEEPGRAIN_THREADS", said);
      expect(() => createWasmBackend()).toThrow(
        `wasm: DEEPGRAIN_THREADS must be 1 to 64, got ${said}`,
      );
      expect(codeOf(() => createWasmBackend())).toBe("ERR_RANGE");
    },
  );

  it("is at most what the memory has room for; a given number above that is refused", async () => {
    vi.stubEnv("DEEPGRAIN_THREADS", "64");
    const maximumBytes = 16 * MEBIBYTE;
    const backend = createWasmBackend({ maximumBytes });
    expect(backend.threads).toBe(3);
    await backend.dispose();
    expect(codeOf(() => createWasmBackend({ maximumBytes, threads: 4 }))).toBe("ERR_RANGE");
    expect(codeOf(() => createWasmBackend({ maximumBytes: 1 }))).toBe("ERR_RANGE");
  });
});
