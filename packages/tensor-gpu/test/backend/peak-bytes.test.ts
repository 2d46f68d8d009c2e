import { describe, expect, it } from "vitest";
import { getBackend, measurePeakBytes, setBackend, tensor, tidy } from "../../src";

describe.each(["js", "wasm"] as const)("measurePeakBytes on %s", (name) => {
  it("counts what is in use at once, and not what was made before", async () => {
    setBackend(name);
    const before = tensor(new Float32Array(1000));
    const { result, peakBytes } = await measurePeakBytes(() => {
      const [a, b] = [tensor(new Float32Array(256)), tensor(new Float32Array(256))];
      a.dispose();
      const c = tidy(() => b.mul(2).add(1));
      b.dispose();
      return c;
    });
    expect(result.size).toBe(256);
    // `a` and `b`, or `b` with the product and the sum.
    expect(peakBytes).toBeGreaterThanOrEqual(3 * 1024);
    expect(peakBytes).toBeLessThan(4 * 1024);
    result.dispose();
    before.dispose();
  });

  it("leaves the backend as it was, after an error too", async () => {
    setBackend(name);
    const backend = getBackend();
    await measurePeakBytes(() => undefined);
    expect(getBackend()).toBe(backend);
    const failing = measurePeakBytes(() => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(getBackend()).toBe(backend);
  });
});
