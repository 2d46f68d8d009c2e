import { describe, expect, it } from "vitest";
import { writeFields } from "../../src/wasm/arguments";

function write(first: number, layout: string, values: Parameters<typeof writeFields>[3]) {
  const { buffer } = new Float64Array(16);
  const words = { ints: new Int32Array(buffer), floats: new Float32Array(buffer) };
  const end = writeFields(words, first, layout, values);
  return { ...words, wide: new BigUint64Array(buffer), doubles: new Float64Array(buffer), end };
}

const view = {
  storage: { handle: 640 },
  offset: 3,
  shape: [2],
  strides: [1],
  size: 2,
  dtype: "float32" as const,
};

describe("writeFields", () => {
  it("writes views as byte addresses, null as 0 and addresses as they are", () => {
    const { ints, end } = write(2, "aaa", [view, null, 4096]);
    expect([...ints.subarray(2, end)]).toEqual([652, 0, 4096]);
  });

  it("writes an address beyond 2 GiB as the same bits", () => {
    expect(write(0, "a", [3_000_000_000]).ints[0]! >>> 0).toBe(3_000_000_000);
  });

  it("writes flags as 1 and 0 and floats in single precision", () => {
    const { ints, floats } = write(0, "bbf", [true, false, 0.1]);
    expect([ints[0], ints[1], floats[2]]).toEqual([1, 0, Math.fround(0.1)]);
  });

  it("puts doubles and wide integers on even words, as the compiler lays out such fields", () => {
    const { wide, doubles, ints, end } = write(0, "awdi", [1, 2 ** 40 + 5, Math.PI, 7]);
    expect([wide[1], doubles[2], ints[6], end]).toEqual([2n ** 40n + 5n, Math.PI, 7, 7]);
  });

  it("writes any number of integers at the end", () => {
    const { ints, end } = write(0, "al", [1, [2, 3, 4]]);
    expect([...ints.subarray(0, end)]).toEqual([1, 2, 3, 4]);
  });

  it("leaves a cleared word for an answer", () => {
    const { buffer } = new Float64Array(2);
    const words = { ints: new Int32Array(buffer).fill(9), floats: new Float32Array(buffer) };
    expect(writeFields(words, 0, "ir", [3])).toBe(2);
    expect([...words.ints]).toEqual([3, 0, 9, 9]);
  });
});
