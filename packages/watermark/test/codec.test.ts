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
import { createKeyRing } from "../src/prf/key-ring";

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

  it("carry records, times in integer units", () => {
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

describe("keyed tags", () => {
  const key = "000102030405060708090a0b0c0d0e0f";
  const users = (tagged: { eccBytes?: number }) =>
    recordCodec(
      { modelVersionBits: 4, timeBits: 8, userIdBits: 12 },
      { ...tagged, tag: { key, bits: 32 } },
    );
  const record = (userId: number) => ({ modelVersion: 1, time: 1_704_067_200_000, userId });

  it("give back every value, with any length of tag and with error correction", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 128 }), fc.nat(6), fc.nat(255), (bits, eccBytes, n) => {
        const codec = integerCodec(8, { eccBytes, tag: { key, bits } });
        expect(codec.bits).toBe(eccBytes ? 8 * (Math.ceil((8 + bits) / 8) + eccBytes) : 8 + bits);
        expect(codec.decode(codec.encode(n)).value).toBe(n);
      }),
    );
  });

  it("refuse whatever is spliced from the texts of two users", () => {
    const codec = users({});
    let [foreign, own] = [0, 0];
    for (let a = 0; a < 40; a++)
      for (let b = a + 1; b < 40; b++)
        for (let cut = 1; cut < codec.bits; cut += 5) {
          const [left, right] = [codec.encode(record(a)), codec.encode(record(b))];
          const spliced = Uint8Array.from(left, (bit, i) => (i < cut ? bit : right[i]!));
          try {
            const { userId } = codec.decode(spliced).value;
            if (userId === a || userId === b) own++;
            else foreign++;
          } catch (error) {
            expect(error).toMatchObject({ code: "ERR_DECODE" });
          }
        }
    expect(foreign).toBe(0);
    expect(own).toBeGreaterThan(0); // a cut where both are equal changes nothing
  });

  it("let third payloads through where there is a checksum only, as one in 2^8 is right by chance", () => {
    const codec = integerCodec(24);
    let foreign = 0;
    for (let a = 0; a < 400; a++) {
      const [left, right] = [codec.encode(a * 40_503), codec.encode(a * 30_011 + 7)];
      for (const cut of [8, 16, 24]) {
        try {
          const { value } = codec.decode(left.map((bit, i) => (i < cut ? bit : right[i]!)));
          if (value !== a * 40_503 && value !== a * 30_011 + 7) foreign++;
        } catch {}
      }
    }
    expect(foreign).toBeGreaterThan(0);
  });

  it("pass with another key of a ring, and with no other key", () => {
    const other = "ffeeddccbbaa99887766554433221100";
    const old = integerCodec(16, { tag: { key } }).encode(1234);
    const ring = createKeyRing(other, [key]);
    expect(integerCodec(16, { tag: { key: ring } }).decode(old).value).toBe(1234);
    expect(() => integerCodec(16, { tag: { key: other } }).decode(old)).toThrow("32-bit tag");
  });

  it("have 8 to 128 bits", () => {
    for (const bits of [7, 129, 8.5, Number.NaN])
      expect(() => integerCodec(8, { tag: { key, bits } })).toThrow("8 to 128 bits");
  });
});
