import { afterAll, describe, expect, it } from "vitest";
import { getBackend, setBackend, useBestBackend } from "../../../../src";

const before = getBackend();
afterAll(() => void setBackend(before));

describe("useBestBackend in a page", () => {
  it("stays with wasm where the adapter computes on the main processor, and says both times", async () => {
    const { backend, reason } = await useBestBackend({ parameters: 3_000_000, rows: 256 });
    expect(backend.name).toBe("wasm");
    expect(getBackend()).toBe(backend);
    expect(reason).toMatch(/^wasm: /);
    expect(reason).toMatch(
      /a step takes about .* ms on wasm and .* ms on (webgpu|gpu)|took more than 2 s/,
    );
  });
});
