import { describe, expect, it } from "vitest";
import { spelledCodec } from "../src";
import type { SpelledCodecOptions } from "../src/codec/spelled-codec";

const none = (bits: number) => new Uint8Array(bits);
const record = '{"modelVersion":3,"time":"2025-06-01T12:00:00Z","userId":42}';

describe("spelledCodec", () => {
  it.each<[SpelledCodecOptions, number, string, unknown]>([
    [{ codec: "bits" }, 5, "10110", "10110"],
    [{ codec: "bits", checksum: 8 }, 13, "10110", "10110"],
    [{ codec: "integer" }, 20, "4095", 4095],
    [{ codec: "integer", checksum: 0 }, 12, "4095", 4095],
    [{ codec: "integer" }, 200, "9007199254740", 9007199254740],
    [{ codec: "hex" }, 26, "c0fe", "c0fe"],
    [{ codec: "text", checksum: 16 }, 48, "né", "né"],
    [{ codec: "text", eccBytes: 2 }, 48, "abc", "abc"],
    [
      { codec: "record" },
      64,
      record,
      { modelVersion: 3, time: "2025-06-01T12:00:00.000Z", userId: 42 },
    ],
  ])("%j in %i bits gives back what it was given", (flags, bits, payload, expected) => {
    const codec = spelledCodec(bits, flags);
    const encoded = codec.encode(payload);
    expect(encoded).toHaveLength(bits);
    expect(codec.decode(encoded, none(bits))).toEqual(expected);
  });

  it("notices a wrong bit by the checksum, and mends a wrong byte by check bytes", () => {
    const checked = spelledCodec(20, { codec: "integer" });
    const bits = checked.encode("77");
    bits[3]! ^= 1;
    expect(() => checked.decode(bits, none(20))).toThrow(
      expect.objectContaining({ code: "ERR_DECODE" }),
    );
    const mended = spelledCodec(48, { codec: "text", eccBytes: 2 });
    const word = mended.encode("abc");
    for (let i = 8; i < 16; i++) word[i]! ^= 1;
    expect(mended.decode(word, none(48))).toBe("abc");
  });

  it("makes and checks a keyed tag of the length asked for", () => {
    const key = "000102030405060708090a0b0c0d0e0f";
    const tagged = spelledCodec(40, { codec: "integer", tagBits: 16, key });
    const bits = tagged.encode("77");
    expect(bits).toHaveLength(40);
    expect(tagged.decode(bits, none(40))).toBe(77);
    const other = spelledCodec(40, { codec: "integer", tagBits: 16, key: key.replace("00", "ff") });
    expect(() => other.decode(bits, none(40))).toThrow(
      expect.objectContaining({ code: "ERR_DECODE", fields: { tagBits: 16 } }),
    );
    expect(() => spelledCodec(40, { codec: "integer", tagBits: 16 })).toThrow("needs a key");
  });

  it("says how many bits are needed when the profile has too few", () => {
    expect(() => spelledCodec(20, { codec: "record" })).toThrow(
      expect.objectContaining({ code: "ERR_PAYLOAD", fields: { needed: 50, got: 20 } }),
    );
    expect(() => spelledCodec(8, { codec: "text" })).toThrow(
      expect.objectContaining({ code: "ERR_PAYLOAD", fields: { needed: 16, got: 8 } }),
    );
  });

  it.each<[SpelledCodecOptions["codec"], string]>([
    ["bits", "1012"],
    ["integer", "-1"],
    ["hex", "abc"],
    ["record", "{"],
    ["record", '{"userId": 1}'],
  ])("refuses for %s what is not of its form: %s", (name, payload) => {
    const codec = spelledCodec(64, { codec: name });
    expect(() => codec.encode(payload)).toThrow(/payload must be/);
  });
});
