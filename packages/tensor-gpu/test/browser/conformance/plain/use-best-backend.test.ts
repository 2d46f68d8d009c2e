import { afterAll, describe, expect, it } from "vitest";
import { getBackend, setBackend, useBestBackend } from "../../../../src";

const before = getBackend();
afterAll(() => void setBackend(before));

describe("useBestBackend in a page", () => {
  it("counts a renderer on the main processor as none, and says so", async () => {
    const { backend, reason } = await useBestBackend({ parameters: 1e9, rows: 4096 });
    expect(backend.name).toBe("wasm");
    expect(getBackend()).toBe(backend);
    expect(reason).toMatch(/^wasm: .*SwiftShader.*computes on the processor/);
  });
});
