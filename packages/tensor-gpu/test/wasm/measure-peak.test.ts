import { describe, expect, it } from "vitest";
import { measurePeak } from "../../src/wasm";

describe("measurePeak", () => {
  it.each([1, 2])("gives a rate on %i threads", async (threads) => {
    const rate = await measurePeak({ threads, milliseconds: 5 });
    expect(rate).toBeGreaterThan(0);
    expect(Number.isFinite(rate)).toBe(true);
  });
});
