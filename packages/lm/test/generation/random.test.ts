import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, permutation } from "../../src/generation";

const draws = (random: { next(): number }, count: number) =>
  Array.from({ length: count }, random.next);

describe("createRandom", () => {
  it("gives the same numbers in [0, 1) for the same seed", () => {
    const numbers = draws(createRandom(1), 1000);
    expect(draws(createRandom(1), 1000)).toEqual(numbers);
    expect(numbers.every((value) => value >= 0 && value < 1)).toBe(true);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / 1000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * 1000));
  });

  it("gives unrelated first numbers for neighbouring seeds, big and negative ones too", () => {
    const seeds = Array.from({ length: 2000 }, (_, i) => [i - 1000, i + 2 ** 40]).flat();
    const first = seeds.map((seed) => createRandom(seed).next());
    expect(new Set(first).size).toBe(seeds.length);
    const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * first.length));
    const order = createRandom([1, 2]).next();
    expect(createRandom([2, 1]).next()).not.toBe(order);
    expect(createRandom([1, 2, 0]).next()).not.toBe(order);
  });

  it("goes on from a stored state as if it had never stopped", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 20 }), (seed, skipped) => {
        const random = createRandom(seed);
        draws(random, skipped);
        const stored = JSON.parse(JSON.stringify(random.state()));
        const rest = draws(random, 5);
        const resumed = createRandom(0);
        resumed.restore(stored);
        expect(draws(resumed, 5)).toEqual(rest);
      }),
    );
  });

  it("rejects seeds that are not safe integers, and states that are none", () => {
    for (const seed of [0.5, Number.NaN, 2 ** 53, []])
      expect(() => createRandom(seed)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
    for (const state of [
      [1, 2, 3],
      [0, 0, 0, 0],
      [1, 2, 3, 2 ** 31],
      [1, 2, 3, 0.5],
    ])
      expect(() => createRandom(1).restore(state)).toThrow(
        expect.objectContaining({ code: "ERR_FORMAT" }),
      );
  });
});

describe("permutation", () => {
  it("holds every index once", () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }), fc.integer(), (length, seed) => {
        const order = permutation(length, createRandom(seed).next);
        expect([...order].sort((a, b) => a - b)).toEqual([...Array(length).keys()]);
      }),
    );
  });

  it("gives each of the six orders of three equally often", () => {
    const random = createRandom(3);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = permutation(3, random.next).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const fourSigma = 4 * Math.sqrt(6000 * (1 / 6) * (5 / 6));
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(fourSigma);
  });
});
