import { expect, it } from "vitest";
import { bitsPerByte } from "../../src/index";

it("gives 8 bits per byte to a model that knows nothing of bytes", () => {
  expect(bitsPerByte(100 * Math.log(256), 100)).toBeCloseTo(8, 12);
});

it("refuses a text without bytes", () => {
  expect(() => bitsPerByte(1, 0)).toThrow(/bytes must be a finite number above 0, got 0/);
});
