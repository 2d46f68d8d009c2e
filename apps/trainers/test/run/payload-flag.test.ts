import { describe, expect, it } from "vitest";
import { type CodecFlags, payloadCodec } from "../../src/run/payload-flag";

const none = (bits: number) => new Uint8Array(bits);
const record = '{"modelVersion":3,"time":"2025-06-01T12:00:00Z","userId":42}';

describe("payloadCodec", () => {
  it.each<[CodecFlags, number, string, unknown]>([
    [{ codec: "bits" }, 5, "10110", "10110"],
    [{ codec: "bits", checksum: "8" }, 13, "10110", "10110"],
    [{ codec: "integer" }, 20, "4095", 4095],
    [{ codec: "integer", checksum: "0" }, 12, "4095", 4095],
    [{ codec: "integer" }, 200, "9007199254740", 9007199254740],
    [{ codec: "hex" }, 26, "c0fe", "c0fe"],
    [{ codec: "text", checksum: "16" }, 48, "né", "né"],
    [{ codec: "text", eccBytes: 2 }, 48, "abc", "abc"],
    [
      { codec: "record" },
      64,
      record,
      { modelVersion: 3, time: "2025-06-01T12:00:00.000Z", userId: 42 },
    ],
  ])("%j in %i bits gives back what it was given", (flags, bits, payload, expected) => {
    const codec = payloadCodec(flags, bits);
    const encoded = codec.encode(payload);
    expect(encoded).toHaveLength(bits);
    expect(codec.decode(encoded, none(bits))).toEqual(expected);
  });

  it("notices a wrong bit by the checksum, and mends a wrong byte by check bytes", () => {
    const checked = payloadCodec({ codec: "integer" }, 20);
    const bits = checked.encode("77");
    bits[3]! ^= 1;
    expect(() => checked.decode(bits, none(20))).toThrow(
      expect.objectContaining({ code: "ERR_DECODE" }),
    );
    const mended = payloadCodec({ codec: "text", eccBytes: 2 }, 48);
    const word = mended.encode("abc");
    for (let i = 8; i < 16; i++) word[i]! ^= 1;
    expect(mended.decode(word, none(48))).toBe("abc");
  });

  it("makes and checks a keyed tag of the length asked for", () => {
    const key = "000102030405060708090a0b0c0d0e0f";
    const tagged = payloadCodec({ codec: "integer", tagBits: 16 }, 40, key);
    const bits = tagged.encode("77");
    expect(bits).toHaveLength(40);
    expect(tagged.decode(bits, none(40))).toBe(77);
    const other = payloadCodec({ codec: "integer", tagBits: 16 }, 40, key.replace("00", "ff"));
    expect(() => other.decode(bits, none(40))).toThrow(
      expect.objectContaining({ code: "ERR_DECODE", fields: { tagBits: 16 } }),
    );
    expect(() => payloadCodec({ codec: "integer", tagBits: 16 }, 40)).toThrow("--key-file");
  });

  it("says how many bits are needed when the profile has too few", () => {
    expect(() => payloadCodec({ codec: "record" }, 20)).toThrow(
      expect.objectContaining({ code: "ERR_PAYLOAD", fields: { needed: 50, got: 20 } }),
    );
    expect(() => payloadCodec({ codec: "text" }, 8)).toThrow(
      expect.objectContaining({ code: "ERR_PAYLOAD", fields: { needed: 16, got: 8 } }),
    );
  });

  it.each<[CodecFlags["codec"], string]>([
    ["bits", "1012"],
    ["integer", "-1"],
    ["hex", "abc"],
    ["record", "{"],
    ["record", '{"userId": 1}'],
  ])("refuses for %s what is not of its form: %s", (name, payload) => {
    const codec = payloadCodec({ codec: name }, 64);
    expect(() => codec.encode(payload)).toThrow(/--payload/);
  });
});
