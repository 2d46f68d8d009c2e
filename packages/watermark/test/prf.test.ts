import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { mix } from "../src/prf/expand";
import { createKey, deriveSubkey, isSameKey } from "../src/prf/key";
import { createKeyRing, toKeyRing } from "../src/prf/key-ring";
import { mersenneTwister, torchRandint } from "../src/prf/mersenne-twister";
import { keyedPermutation, placeInPermutation, torchPermutation } from "../src/prf/permutation";
import { sipHash } from "../src/prf/siphash";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("hashes", () => {
  it("a key's id is the start of an HMAC-SHA-256, as Node computes it", () => {
    for (const length of [16, 64, 131]) {
      const secret = new Uint8Array(length).map((_, i) => 7 * i + 1);
      const hmac = createHmac("sha256", secret).update("deepgrain watermark key id");
      expect(createKey(secret).id).toBe(hmac.digest("hex").slice(0, 16));
    }
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

  it("finds the place of one item without the others", () => {
    for (const [length, count] of [
      [1, 1],
      [7, 7],
      [50, 20],
    ] as const)
      for (let seed = 0; seed < 20; seed++) {
        const order = keyedPermutation([seed, 3], length, count);
        for (let item = 0; item < length; item++)
          expect(placeInPermutation([seed, 3], length, count, item)).toBe(order.indexOf(item));
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
    expect(() => createKey("hello")).toThrow(
      "at least 32 hexadecimal digits, or 16 bytes; generateSecret() makes one",
    );
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
