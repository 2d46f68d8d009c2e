import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const registry = async () => ({
  ...(await import("../src/all-backends")),
  ...(await import("../src/backend/current")),
  ...(await import("../src/backends")),
});

describe("getBackend", () => {
  beforeEach(() => {
    vi.resetModules();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("is WebAssembly when nobody says otherwise", async () => {
    vi.stubEnv("DEEPGRAIN_BACKEND", undefined);
    const { getBackend } = await registry();
    expect(getBackend().name).toBe("wasm");
    expect(getBackend()).toBe(getBackend());
  });

  it("is what DEEPGRAIN_BACKEND names, until setBackend is called", async () => {
    vi.stubEnv("DEEPGRAIN_BACKEND", "js");
    const { getBackend, setBackend } = await registry();
    expect(getBackend().name).toBe("js");
    setBackend("wasm");
    expect(getBackend().name).toBe("wasm");
  });

  it("refuses a name that it does not know, with those that it does", async () => {
    vi.stubEnv("DEEPGRAIN_BACKEND", "abacus");
    const { getBackend } = await registry();
    expect(() => getBackend()).toThrow(/"abacus", expected one of wasm, js, blas/);
  });

  it("tells a bundle for browsers how it gets the reference backend", async () => {
    const { createJsBackend, getBackend, setBackend } = await import("../src/browser");
    expect(() => setBackend("js")).toThrow(/setBackend\(createJsBackend\(\)\)/);
    expect(() => setBackend("blas")).toThrow(/needs Node/);
    setBackend(createJsBackend());
    expect(getBackend().name).toBe("js");
  });

  it("tells how a GPU is opened, and takes the name once it is", async () => {
    const { getBackend, setBackend } = await registry();
    expect(() => setBackend("gpu")).toThrow(/await useGPU\(\)/);
    const opened = { ...setBackend("js"), name: "gpu" };
    setBackend(opened);
    setBackend("js");
    expect(setBackend("gpu")).toBe(opened);
    expect(getBackend()).toBe(opened);
  });

  it("never falls back when the native library cannot be loaded", async () => {
    vi.stubEnv("DEEPGRAIN_BACKEND", "blas");
    vi.stubEnv("DEEPGRAIN_BLAS", "no-such-library.so");
    const { getBackend } = await registry();
    expect(() => getBackend()).toThrow(expect.objectContaining({ code: "ERR_BACKEND" }));
  });
});
