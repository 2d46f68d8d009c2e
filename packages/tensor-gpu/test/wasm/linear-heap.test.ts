import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TensorError } from "../../src/errors";
import { createHeap, sizeClass } from "../../src/wasm/linear-heap";
import { createLinearMemory } from "../../src/wasm/memory";

const MIB = 2 ** 20;
const base = 4096;
const newMemory = (maximumBytes: number, shared = false) =>
  createLinearMemory({ initialBytes: MIB, maximumBytes, shared });

describe("heap", () => {
  it("rounds sizes up by at most an eighth above 1 KiB, to multiples of 64", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 65_536 }), (bytes) => {
        const size = sizeClass(bytes);
        expect(size % 64).toBe(0);
        expect(size).toBeGreaterThanOrEqual(Math.max(64, bytes));
        expect(size).toBeLessThanOrEqual(bytes <= 1024 ? bytes + 64 : bytes * 1.125 + 64);
        expect(sizeClass(size)).toBe(size);
      }),
    );
  });

  it("never hands out overlapping or unaligned blocks, whatever is freed in between", () => {
    const step = fc.record({ bytes: fc.integer({ min: 0, max: 60_000 }), keep: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = createHeap(newMemory(64 * MIB), base);
        const live: { address: number; bytes: number }[] = [];
        for (const { bytes, keep } of steps) {
          const address = heap.allocate(bytes);
          expect(address % 64).toBe(0);
          for (const other of live) {
            const apart =
              address + bytes <= other.address || other.address + other.bytes <= address;
            expect(apart || bytes * other.bytes === 0).toBe(true);
          }
          live.push({ address, bytes });
          if (keep > 5) continue;
          const [gone] = live.splice((keep * live.length) >> 3, 1);
          if (gone) heap.free(gone.address, gone.bytes);
        }
        for (const { address, bytes } of live) heap.free(address, bytes);
        expect(heap.liveBytes).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it("reuses a freed block of the same size class", () => {
    const heap = createHeap(newMemory(8 * MIB), base);
    const block = heap.allocate(5000);
    heap.allocate(10);
    heap.free(block, 5000);
    expect(heap.allocate(4990)).toBe(block);
  });

  it("joins freed neighbours before it grows, so that growing blocks do not pile up", () => {
    const heap = createHeap(newMemory(8 * MIB), base);
    for (let bytes = 1000; bytes < MIB; bytes += 1000) {
      heap.free(heap.allocate(bytes), bytes);
    }
    expect(heap.topBytes).toBeLessThanOrEqual(2 * MIB + base);
  });

  it("grows by at least 64 MiB, up to the limit", () => {
    const linear = newMemory(100 * MIB);
    const heap = createHeap(linear, base);
    heap.allocate(2 * MIB);
    expect(linear.byteLength).toBe(65 * MIB);
    heap.allocate(70 * MIB);
    expect(linear.byteLength).toBe(100 * MIB);
    expect(linear.floats.length * 4).toBe(linear.byteLength);
  });

  it("says what is live when the limit is reached, and goes on after something was freed", () => {
    const heap = createHeap(newMemory(4 * MIB, true), base);
    const block = heap.allocate(3 * MIB);
    const attempt = () => heap.allocate(2 * MIB);
    expect(attempt).toThrowError(/cannot allocate 2.0 MiB: 3.0 MiB live, 0.0 MiB free/);
    try {
      attempt();
    } catch (error) {
      expect(TensorError.isInstance(error) && error.code).toBe("ERR_MEMORY");
    }
    heap.free(block, 3 * MIB);
    expect(attempt()).toBe(base);
  });
});
