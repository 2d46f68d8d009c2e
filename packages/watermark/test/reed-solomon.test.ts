import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rsDecode, rsEncode } from "../src/codec/reed-solomon";
import { rsCodeFor } from "../src/codec/reed-solomon-code";

describe("rsCodeFor", () => {
  it("gives the codes of Qu et al. for 12 to 32 bits", () => {
    const codes = [12, 16, 20, 24, 28, 32].map((bits) => {
      const { code_symbols: n, data_symbols: k, symbol_bits: m } = rsCodeFor(bits);
      return [n, k, m];
    });
    expect(codes).toEqual([
      [5, 3, 4],
      [6, 4, 4],
      [6, 4, 5],
      [5, 3, 8],
      [6, 4, 7],
      [6, 4, 8],
    ]);
  });

  it("holds any message length", () => {
    for (let bits = 1; bits <= 4096; bits += 13) {
      const code = rsCodeFor(bits);
      expect(code.data_symbols * code.symbol_bits).toBeGreaterThanOrEqual(bits);
      expect(code.code_symbols).toBeLessThan(2 ** code.symbol_bits);
    }
  });
});

describe("Reed-Solomon", () => {
  it("encodes the QR code example of ISO 18004 (16 data, 10 check symbols)", () => {
    const data = [32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17];
    expect(rsEncode(data, 10, 8).slice(16)).toEqual([196, 35, 39, 119, 235, 215, 231, 226, 93, 23]);
  });

  it("corrects e errors and f erasures whenever 2e + f fits the checks", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 8 }),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        (m, seed) => {
          let state = seed;
          const random = (bound: number) => {
            state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
            return Math.floor((state / 2 ** 31) * bound);
          };
          const order = 2 ** m - 1;
          const n = 3 + random(Math.min(order, 40) - 2);
          const checks = Math.min(n - 1, random(9));
          const data = Array.from({ length: n - checks }, () => random(order + 1));
          const word = rsEncode(data, checks, m);
          const erased = random(checks + 1);
          const wrong = Math.floor((checks - erased) / 2);
          const positions = word
            .map((_, i) => i)
            .sort((a, b) => ((a * 7919 + seed) % 97) - ((b * 7919 + seed) % 97));
          const received = [...word];
          for (const i of positions.slice(0, erased)) received[i] = random(order + 1);
          for (const i of positions.slice(erased, erased + wrong))
            received[i]! ^= 1 + random(order);
          expect(rsDecode(received, checks, m, positions.slice(0, erased))?.symbols).toEqual(word);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("reports words beyond its radius instead of inventing one", () => {
    const word = rsEncode([1, 2, 3, 4], 2, 8);
    const received = word.map((symbol, i) => (i < 3 ? symbol ^ (17 * i + 5) : symbol));
    const decoded = rsDecode(received, 2, 8);
    expect(decoded?.symbols).not.toEqual(word);
  });

  it("refuses symbols and lengths out of range", () => {
    expect(() => rsEncode([8], 2, 3)).toThrow("symbol 8 at 0");
    expect(() => rsEncode([1, 1, 1, 1, 1, 1], 2, 3)).toThrow("more than 7");
    expect(() => rsEncode([1], 2, 13)).toThrow("2..12");
  });
});
