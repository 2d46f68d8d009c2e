import { describe, expect, it } from "vitest";
import { layers } from "../../src/wasm/generated/layers";
import { more } from "../../src/wasm/generated/more";
import { createWasmRuntime } from "../../src/wasm/runtime";

// Neither this file nor what it imports provides the threads' code, as in a bundle for browsers.
describe("threads whose code is loaded when there is work for them", () => {
  it("come up after one kernel has asked for them", async () => {
    const runtime = createWasmRuntime({ threads: 2 });
    expect(runtime.threads).toBe(2);
    expect(runtime.helpersReady()).toBe(0);
    await runtime.awaitHelpers();
    expect(runtime.helpersReady()).toBe(1);
    await runtime.dispose();
    expect(runtime.threads).toBe(1);
  });

  it("never come up when the runtime ends first", async () => {
    const runtime = createWasmRuntime({ threads: 2 });
    runtime.helpersReady();
    await runtime.dispose();
    await runtime.awaitHelpers();
    expect(runtime.helpersReady()).toBe(0);
  });

  it("are started anew with each part of the kernels", async () => {
    const runtime = createWasmRuntime({ threads: 3 });
    await runtime.awaitHelpers();
    for (const part of [layers, more]) {
      runtime.launcher.need(part);
      expect(runtime.threads).toBe(3);
      await runtime.awaitHelpers();
      expect(runtime.helpersReady()).toBe(2);
      const buffer = runtime.heap.allocate(256);
      runtime.linear.floats.fill(1, buffer >>> 2, (buffer >>> 2) + 64);
      if (part === more) runtime.launcher.run("peak", [buffer], 64, 1);
      runtime.launcher.need(part); // Nothing to do.
      expect(runtime.helpersReady()).toBe(2);
    }
    await runtime.dispose();
  });
});
