import { expect, it } from "vitest";
import { FUNCTION, ROUNDING } from "../tolerances";
import type { Bench } from "./bench";
import { philoxReference, streamWord } from "./philox-reference";

const SEEDS = [0, 1, 42, 2 ** 32 + 5, 2 ** 53 - 1];
const STARTS = [0, 3, 2 ** 34 - 2];

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
const unit = (word: number) => (word >>> 8) / 2 ** 24;
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

export function randomFacts(bench: Bench): void {
  const { kernels, empty, read } = bench;

  it("the test's own Philox gives the published words", () => {
    const hex = (words: number[]) =>
      words.map((word) => word.toString(16).padStart(8, "0")).join(" ");
    const ones = 0xffffffffn;
    const pi = [0x243f6a88n, 0x85a308d3n, 0x13198a2en, 0x03707344n];
    expect(hex(philoxReference([0n, 0n, 0n, 0n], [0n, 0n]))).toBe(
      "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    );
    expect(hex(philoxReference([ones, ones, ones, ones], [ones, ones]))).toBe(
      "408f276d 41c83b0e a20bc7c6 6d5451fd",
    );
    expect(hex(philoxReference(pi, [0xa4093822n, 0x299f31d0n]))).toBe(
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    );
  });

  it("uniform, bernoulli and dropout take the words of Philox 4x32-10", async () => {
    for (const seed of SEEDS)
      for (const start of STARTS) {
        const expected = upTo(21).map((i) => unit(streamWord(seed, start + i)));
        const out = empty([21]);
        kernels.random("uniform", out, seed, start, -1, 3);
        expect(await read(out)).toBeAllclose(
          expected.map((u) => 4 * u - 1),
          { ...ROUNDING, atol: 3e-7 },
        );
        kernels.random("bernoulli", out, seed, start, 0.4, 0);
        expect(await read(out)).toEqual(expected.map((u) => Number(u < 0.4)));
        kernels.dropout(out, bench.floats([21], new Array(21).fill(3)), 0.25, seed, start);
        expect(await read(out)).toEqual(expected.map((u) => (u >= 0.25 ? 4 : 0)));
      }
  });

  it("normal follows Box and Muller on pairs of lanes", async () => {
    for (const seed of SEEDS)
      for (const start of STARTS) {
        const expected = upTo(21).map((i) => {
          const even = start + i - ((start + i) % 2);
          const radius = Math.sqrt(-2 * Math.log(unit(streamWord(seed, even)) + 2 ** -24));
          const angle = 2 * Math.PI * unit(streamWord(seed, even + 1));
          return 0.5 + 2 * radius * ((start + i) % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
        });
        const out = empty([21]);
        kernels.random("normal", out, seed, start, 0.5, 2);
        expect(await read(out)).toBeAllclose(expected, { ...FUNCTION, atol: 5e-6 });
      }
  });

  it("the numbers have the moments of their distributions", async () => {
    const n = 40_000;
    const out = empty([n]);
    kernels.random("uniform", out, 5, 0, 0, 1);
    const uniform = await read(out);
    expect(uniform.every((u) => u >= 0 && u < 1)).toBe(true);
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(0.006); // four standard errors
    kernels.random("normal", out, 6, 0, 0, 1);
    const normal = await read(out);
    expect(Math.abs(mean(normal))).toBeLessThan(0.02);
    expect(Math.abs(mean(normal.map((x) => x * x)) - 1)).toBeLessThan(0.03);
    expect(Math.abs(mean(normal.map((x) => x ** 4)) - 3)).toBeLessThan(0.2);
  });

  it("a longer array starts with the shorter one, and an offset continues it", async () => {
    for (const kind of ["uniform", "normal"] as const) {
      const [whole, tail] = [empty([50]), empty([27])];
      kernels.random(kind, whole, 9, 0, 0, 1);
      kernels.random(kind, tail, 9, 23, 0, 1);
      expect(await read(tail)).toEqual((await read(whole)).slice(23));
    }
  });
}
