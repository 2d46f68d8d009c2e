import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { mix } from "../src/prf/expand";
import { createKey, deriveSubkey, isSameKey } from "../src/prf/key";
import { createKeyRing, toKeyRing } from "../src/prf/key-ring";
import { mersenneTwister, torchRandint } from "../src/prf/mersenne-twister";
import { keyedPermutation, torchPermutation } from "../src/prf/permutation";
import { hmacSha256, sha256 } from "../src/prf/sha256";
import { sipHash } from "../src/prf/siphash";

const ascii = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("hashes", () => {
  it("SHA-256 gives the digests of FIPS 180-4", () => {
    expect(hex(sha256(ascii("")))).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    expect(hex(sha256(ascii("abc")))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(hex(sha256(ascii("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")))).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
  });

  it("HMAC-SHA-256 gives the digests of RFC 4231", () => {
    expect(hex(hmacSha256(ascii("Jefe"), ascii("what do ya want for nothing?")))).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
    const longKey = new Uint8Array(131).fill(0xaa);
    const message = ascii("Test Using Larger Than Block-Size Key - Hash Key First");
    expect(hex(hmacSha256(longKey, message))).toBe(
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    );
  });

  it("SipHash-2-4 gives its authors' vectors for 0, 4, 8 and 12 bytes", () => {
    const words = [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c] as const;
    const vectors = [
      "310e0edd47db6f72",
      "b7877127e09427cf",
      "6224939a79f5f593",
      "fbe50e86bc8f1e75",
    ];
    vectors.forEach((expected, count) => {
      const view = new DataView(new ArrayBuffer(8));
      const [low, high] = sipHash(words, words.slice(0, count));
      view.setUint32(0, low, true);
      view.setUint32(4, high, true);
      expect(hex(new Uint8Array(view.buffer))).toBe(expected);
    });
  });
});

describe("expansion", () => {
  it("fills 64 bins evenly and answers each seed bit with half of the output bits", () => {
    const bins = new Float64Array(64);
    for (let i = 0; i < 64_000; i++) bins[mix(123, 456, i) >>> 26]!++;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(110); // 63 degrees of freedom, about 4.2 sd
    for (let bit = 0; bit < 32; bit++) {
      let flips = 0;
      for (let i = 0; i < 512; i++)
        for (let x = mix(9, 7, i) ^ mix(9, 7 ^ (1 << bit), i); x; x &= x - 1) flips++;
      expect(flips / 512).toBeGreaterThan(12);
      expect(flips / 512).toBeLessThan(20);
    }
  });

  it("makes permutations whose first entries do not depend on how many are asked for", () => {
    const full = keyedPermutation([1, 2], 50, 50);
    expect([...full].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(keyedPermutation([1, 2], 50, 10).slice(0, 10)).toEqual(full.slice(0, 10));
  });
});

describe.skipIf(sharedIsMissing)("torch's CPU generator", () => {
  it("is reproduced: permutations and integers", () => {
    const file = shared("golden/watermark-kgw-lefthash.json");
    for (const golden of JSON.parse(readFileSync(file, "utf8")).torch_cpu_generator) {
      const draws = mersenneTwister(BigInt(golden.seed));
      expect([...torchPermutation(draws, 24)]).toEqual(golden.randperm_24);
      expect([...torchRandint(draws, 1000, 8)]).toEqual(golden.then_randint_1000);
      const fresh = mersenneTwister(BigInt(golden.seed));
      expect([...torchRandint(fresh, 2, 32)]).toEqual(golden.randint_2_fresh);
      expect([...torchRandint(mersenneTwister(BigInt(golden.seed)), 2 ** 31, 4)]).toEqual(
        golden.randint_2pow31_fresh,
      );
    }
  });
});

describe("keys", () => {
  const secret = "000102030405060708090a0b0c0d0e0f";

  it("are refused when short, with the length that would be needed", () => {
    expect(() => createKey(new Uint8Array(5))).toThrow("needs at least 16 bytes, got 5");
    expect(() => createKey("hello")).toThrow("hexadecimal");
    expect(() => createKey(7 as unknown as string)).toThrow("bytes or a hexadecimal string");
  });

  it("stay what they were when the bytes given are wiped, Node Buffers included", () => {
    for (const bytes of [Buffer.from(secret, "hex"), Uint8Array.from(Buffer.from(secret, "hex"))]) {
      const key = createKey(bytes);
      const ring = createKeyRing(bytes, [Buffer.alloc(16, 9)]);
      bytes.fill(0);
      expect(isSameKey(key, createKey(secret))).toBe(true);
      expect(isSameKey(ring.current, createKey(secret))).toBe(true);
      expect(isSameKey(key, createKey(new Uint8Array(16)))).toBe(false);
    }
    const retired = [Buffer.alloc(16, 7)];
    const ring = createKeyRing(secret, retired);
    retired[0]!.fill(0);
    retired.pop();
    expect(isSameKey(ring.keys[1]!, createKey(new Uint8Array(16).fill(7)))).toBe(true);
  });

  it("never show their bytes", () => {
    const key = createKey(secret);
    expect(JSON.stringify(key)).toBe(`{"id":"${key.id}"}`);
    expect(`${Object.values(key)}`).not.toContain("0001020304");
  });

  it("compare by content and derive unrelated subkeys", () => {
    const key = createKey(secret);
    expect(isSameKey(key, createKey(Uint8Array.from({ length: 16 }, (_, i) => i)))).toBe(true);
    expect(isSameKey(key, createKey(new Uint8Array(16)))).toBe(false);
    expect(deriveSubkey(key, "a")).not.toEqual(deriveSubkey(key, "b"));
    expect(() => deriveSubkey({ id: "forged" }, "a")).toThrow("made by createKey");
  });

  it("form rings without duplicates", () => {
    const ring = createKeyRing(secret, [new Uint8Array(16)]);
    expect(toKeyRing(ring)).toBe(ring);
    expect(ring.keys).toHaveLength(2);
    expect(() => createKeyRing(secret, [secret])).toThrow("twice");
    expect(() => toKeyRing({ current: ring.current, keys: [] })).toThrow("createKeyRing");
  });
});
