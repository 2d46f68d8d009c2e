import { describe, expect, it } from "vitest";
import type { View } from "../../src/backend/view";
import type { Cell } from "../../src/gpu/cell";
import type { Heap } from "../../src/gpu/cell-heap";
import type { Device } from "../../src/gpu/device";
import { updateParts } from "../../src/gpu/kernels/optimiser-update";

const SLOTS = 29;

const viewOf = (handle: number, size: number) =>
  ({ storage: { handle }, shape: [size], strides: [1], offset: 0, size }) as unknown as View;

/** Inputs of each kernel that updates 29 slots of two views on a device of that many inputs, scale included. */
function inputsOfKernels(inputLimit: number): number[] {
  const inputs: number[] = [];
  const cell = {} as Cell;
  const device: Pick<Device, "inputLimit" | "run"> = {
    inputLimit,
    run(_, cells) {
      inputs.push(cells.length);
      return cell;
    },
  };
  const heap: unknown = {
    device,
    block: () => ({ length: SLOTS }),
    cell: () => cell,
    replace() {},
  };
  const parts = Array.from({ length: SLOTS }, (_, i) => ({
    views: { gradient: viewOf(2 * i, 1), weight: viewOf(2 * i + 1, 1) },
    numbers: { decay: 0 },
  }));
  const flat = viewOf(2 * SLOTS, SLOTS);
  updateParts(heap as Heap, "test", flat, parts, viewOf(2 * SLOTS + 1, 1), {}, "value = own + g;");
  return inputs;
}

describe("updateParts", () => {
  it.each([
    ["WebGPU", 7, 2],
    ["WebGL 1", 8, 2],
    ["WebGL 2", 16, 6],
    ["a device of many texture units", 32, 6],
  ])("reads no more at once than %s can, %i", (_, inputLimit, slotsAtOnce) => {
    const inputs = inputsOfKernels(inputLimit);
    expect(Math.max(...inputs)).toBe(2 * slotsAtOnce + 3);
    expect(Math.max(...inputs)).toBeLessThanOrEqual(inputLimit);
    expect(inputs).toHaveLength(Math.ceil(SLOTS / slotsAtOnce));
  });
});
