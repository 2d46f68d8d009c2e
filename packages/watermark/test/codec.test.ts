import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsToInteger, integerToBits } from "../src/codec/bit-strings";
import { crcOfBits } from "../src/codec/crc";
import {
  bitsCodec,
  bytesCodec,
  integerCodec,
  recordCodec,
  textCodec,
} from "../src/codec/payload-codec";

const options = fc.record({
  checksum: fc.constantFrom(0 as const, 8 as const, 16 as const),
  eccBytes: fc.nat(6),
});

describe("checksums", () => {
  it("give the standard check values of the digits 1 to 9", () => {
    const bits = Array.from("123456789", (digit) => [
      ...integerToBits(digit.charCodeAt(0), 8),
    ]).flat();
    expect(crcOfBits(bits, 8)).toBe(0xf4);
    expect(crcOfBits(bits, 16)).toBe(0x29b1);
  });
});

describe("payload codecs", () => {
  it("give back every value", () => {
    fc.assert(
      fc.property(options, fc.uint8Array({ maxLength: 9 }), fc.nat(2 ** 30), (how, bytes, n) => {
        const byBytes = bytesCodec(bytes.length, how);
        expect(byBytes.encode(bytes)).toHaveLength(byBytes.bits);
        expect(byBytes.decode(byBytes.encode(bytes)).value).toEqual(bytes);
        const byInteger = integerCodec(31, how);
        expect(byInteger.decode(byInteger.encode(n)).value).toBe(n);
        const bits = integerToBits(n, 31);
        expect(bitsCodec(31, how).decode(bitsCodec(31, how).encode(bits)).value).toEqual(bits);
        expect(bitsToInteger(bits)).toBe(n);
      }),
    );
  });

  it("carry short text in UTF-8", () => {
    const codec = textCodec(8);
    expect(codec.decode(codec.encode("naïve")).value).toBe("naïve");
    expect(codec.decode(codec.encode("12345678")).value).toBe("12345678");
    expect(() => codec.encode("123456789")).toThrow("at most 8 bytes");
  });

  it("carry records, times in whole units", () => {
    const codec = recordCodec();
    expect(codec.bits).toBe(50);
    const record = { modelVersion: 3, time: Date.UTC(2026, 10, 25, 7), userId: 123_456 };
    expect(codec.decode(codec.encode(record)).value).toEqual(record);
    expect(() => codec.encode({ ...record, userId: 2 ** 20 })).toThrow("userId");
    expect(() => codec.encode({ ...record, time: 0 })).toThrow("time");
  });

  it("notice a wrong bit by the checksum", () => {
    const codec = integerCodec(20, { checksum: 16 });
    const bits = codec.encode(99_999);
    for (let i = 0; i < bits.length; i++) {
      const wrong = bits.map((bit, at) => (at === i ? 1 - bit : bit));
      expect(() => codec.decode(wrong)).toThrow("checksum");
    }
    expect(() => codec.decode(bits.slice(1))).toThrow("expected 36 bits");
  });

  it("correct bytes, and fill in twice as many erased ones", () => {
    const codec = bytesCodec(6, { eccBytes: 4 });
    const bits = codec.encode(Uint8Array.from([1, 2, 3, 4, 5, 6]));
    const wrong = bits.map((bit, i) => (i >> 3 === 1 || i >> 3 === 4 ? 1 - bit : bit));
    const decoded = codec.decode(wrong);
    expect([...decoded.value]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(decoded.correctedSymbols).toEqual([1, 4]);
    const isLost = bits.map((_, i) => (i < 32 ? 1 : 0));
    const lost = bits.map((bit, i) => (i < 32 ? 0 : bit));
    expect([...codec.decode(lost, isLost).value]).toEqual([1, 2, 3, 4, 5, 6]);
    const hopeless = bits.map((bit, i) => (i < 40 ? 1 - bit : bit));
    expect(() => codec.decode(hopeless)).toThrow(/correct|checksum/);
    expect(() => bytesCodec(254, { eccBytes: 4 })).toThrow("more than 255");
  });
});
