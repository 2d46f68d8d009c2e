import { expect, it } from "vitest";
import { memory, peakMemory, TensorError, zeros } from "../../src/index";

it("tells the most bytes that were alive at one time since the last reset", () => {
  const kept = zeros([100]);
  peakMemory({ reset: true });
  const before = memory().bytes;
  const large = zeros([1000]);
  large.dispose();
  expect(peakMemory()).toBe(before + 4000);
  const small = zeros([10]);
  expect(peakMemory({ reset: true })).toBe(before + 4000);
  expect(peakMemory()).toBe(before + 40);
  for (const tensor of [kept, small]) tensor.dispose();
  expect(peakMemory()).toBe(before + 40);
});

it("refuses an option that it does not know", () => {
  expect(() => peakMemory({ rest: true } as never)).toThrow(TensorError);
});
