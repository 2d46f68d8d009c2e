import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toBfloat16, toFloat16 } from "../../src/files";
import {
  fromBfloat16,
  fromFloat8E4m3fn,
  fromFloat8E5m2,
  fromFloat16,
  toFloat8E4m3fn,
  toFloat8E5m2,
} from "../../src/files/casts";

const float32 = (words: ArrayLike<number>, step = 0) =>
  new Float32Array(Uint32Array.from(words, (word) => word + step).buffer);
const bits = (values: Float32Array) => new Uint32Array(values.buffer);
const anyWord = fc.integer({ min: 0, max: 0xffffffff });

const formats = [
  { name: "bfloat16", to: toBfloat16, from: fromBfloat16, codes: 1 << 16, nanFrom: 0x7f80 },
  { name: "float16", to: toFloat16, from: fromFloat16, codes: 1 << 16, nanFrom: 0x7c00 },
  {
    name: "float8_e4m3fn",
    to: toFloat8E4m3fn,
    from: fromFloat8E4m3fn,
    codes: 1 << 8,
    nanFrom: 0x7e,
  },
  { name: "float8_e5m2", to: toFloat8E5m2, from: fromFloat8E5m2, codes: 1 << 8, nanFrom: 0x7c },
] as const;

describe.each(formats)("$name", ({ to, from, codes, nanFrom }) => {
  const encode = to as (values: Float32Array, out?: never) => Uint16Array | Uint8Array;
  const decode = from as (codes: Uint16Array | Uint8Array) => Float32Array;
  const list = codes === 256 ? Uint8Array : Uint16Array;
  const all = new list(codes).map((_, code) => code);
  const isNaNCode = (code: number) => (code & (codes / 2 - 1)) > nanFrom;

  it("gives every code back after widening and rounding, and NaN for NaN", () => {
    const again = encode(decode(all));
    expect(all.filter((code) => isNaNCode(code) !== isNaNCode(again[code]!))).toHaveLength(0);
    expect(all.filter((code) => !isNaNCode(code) && again[code] !== code)).toHaveLength(0);
  });

  it("rounds to a nearest value, and to the even code on a tie", () => {
    const values = decode(all);
    const count = all.findIndex((code) => !Number.isFinite(values[code + 1]!));
    const middles = Float32Array.from(
      { length: count },
      (_, i) => (values[i]! + values[i + 1]!) / 2,
    );
    const [below, above] = [-1, 1].map((step) => float32(bits(middles), step));
    expect(count).toBeGreaterThan(codes / 4);
    const wrong = (got: ArrayLike<number>, wanted: (code: number) => number) =>
      all.slice(0, count).filter((code) => got[code] !== wanted(code));
    expect(wrong(encode(middles), (code) => code + (code & 1))).toHaveLength(0);
    expect(wrong(encode(below!), (code) => code)).toHaveLength(0);
    expect(wrong(encode(above!), (code) => code + 1)).toHaveLength(0);
  });

  it("treats the sign as a separate bit for any input", () => {
    fc.assert(
      fc.property(anyWord, (word) => {
        const [positive, negative] = encode(float32([word & 0x7fffffff, word | 0x80000000]));
        return (positive! | (codes / 2)) === negative;
      }),
    );
  });

  it("widens ascending codes to ascending values", () => {
    const values = decode(all.filter((code) => code < codes / 2 && !isNaNCode(code)));
    expect(values.every((value, i) => i === 0 || value > values[i - 1]!)).toBe(true);
  });

  it("accepts no elements and views into larger buffers", () => {
    expect(encode(new Float32Array(0))).toHaveLength(0);
    expect(decode(new list(0))).toHaveLength(0);
    const view = new Float32Array([9, 1, 0.5, 9]).subarray(1, 3);
    expect(decode(encode(view))).toEqual(new Float32Array([1, 0.5]));
  });

  it("refuses an output of another length", () => {
    const wrong = { code: "ERR_SHAPE" };
    expect(() =>
      (to as (v: Float32Array, out: unknown) => unknown)(new Float32Array(2), new list(3)),
    ).toThrow(expect.objectContaining(wrong));
    expect(() =>
      (from as (v: unknown, out: Float32Array) => unknown)(new list(2), new Float32Array(1)),
    ).toThrow(expect.objectContaining(wrong));
  });
});

describe("limits of the formats", () => {
  const one = (value: number) => new Float32Array([value]);

  it("overflows to infinity where the format has one and to NaN in E4M3FN", () => {
    expect(toBfloat16(float32([0x7f7f7fff, 0x7f7f8000]))).toEqual(Uint16Array.of(0x7f7f, 0x7f80));
    expect(toFloat16(new Float32Array([65519, 65520, -1e9]))).toEqual(
      Uint16Array.of(0x7bff, 0x7c00, 0xfc00),
    );
    expect(toFloat8E4m3fn(new Float32Array([464, 465, 1e9, -Infinity]))).toEqual(
      Uint8Array.of(0x7e, 0x7f, 0x7f, 0xff),
    );
    expect(toFloat8E5m2(new Float32Array([61439, 61440, Infinity]))).toEqual(
      Uint8Array.of(0x7b, 0x7c, 0x7c),
    );
  });

  it("keeps NaN a quiet NaN in every format", () => {
    const signalling = float32([0x7f800001, 0xff800001]);
    expect(toBfloat16(signalling)).toEqual(Uint16Array.of(0x7fc0, 0xffc0));
    expect(toFloat16(signalling)).toEqual(Uint16Array.of(0x7e00, 0xfe00));
    expect(toFloat8E4m3fn(signalling)).toEqual(Uint8Array.of(0x7f, 0xff));
    expect(toFloat8E5m2(signalling)).toEqual(Uint8Array.of(0x7f, 0xff));
  });

  it("knows the extreme values by heart", () => {
    expect(fromFloat8E4m3fn(Uint8Array.of(0x7e, 0x01, 0x08))).toEqual(
      new Float32Array([448, 2 ** -9, 2 ** -6]),
    );
    expect(fromFloat8E5m2(Uint8Array.of(0x7b, 0x01, 0x04))).toEqual(
      new Float32Array([57344, 2 ** -16, 2 ** -14]),
    );
    expect(fromFloat16(Uint16Array.of(0x7bff, 0x0001))).toEqual(
      new Float32Array([65504, 2 ** -24]),
    );
    expect(fromBfloat16(Uint16Array.of(0x3f80, 0xbf00, 0x4049))).toEqual(
      new Float32Array([1, -0.5, 3.140625]),
    );
    expect(toFloat16(one(2 ** -25))).toEqual(Uint16Array.of(0));
  });
});

describe.skipIf(sharedIsMissing)("reference bit patterns", () => {
  it("match in every format", () => {
    const { cases } = JSON.parse(readFileSync(shared("golden/casts.json"), "utf8"));
    expect(cases.length).toBeGreaterThan(0);
    for (const golden of cases) {
      const wide = float32(golden.float32_bits);
      const short = float32(golden.float8_input_float32_bits);
      expect([...toBfloat16(wide)]).toEqual(golden.bfloat16_bits);
      expect([...toFloat16(wide)]).toEqual(golden.float16_bits);
      expect([...toFloat8E4m3fn(short)]).toEqual(golden.float8_e4m3fn_bits);
      expect([...toFloat8E5m2(short)]).toEqual(golden.float8_e5m2_bits);
    }
  });
});
