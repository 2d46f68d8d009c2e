import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  binaryCounts,
  classCounts,
  classWisePartition,
  countsPerClient,
  drawDirichlet,
  exponentialCounts,
  longTailRows,
  meanPool,
  permuteClasses,
  priorScaledPartition,
  splitLongTail,
  stream,
} from "../../support/all";

const labelsOf = (counts: readonly number[]) =>
  counts.flatMap((n, c) => new Array<number>(n).fill(c));
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe("exponentialCounts", () => {
  it("gives CIFAR-10-LT's and CIFAR-100-LT's known sizes", () => {
    expect(exponentialCounts(5000, { classes: 10, ratio: 100 })).toEqual([
      5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50,
    ]);
    expect(sum(exponentialCounts(5000, { classes: 10, ratio: 50 }))).toBe(13_996);
    expect(sum(exponentialCounts(5000, { classes: 10, ratio: 10 }))).toBe(20_431);
    expect(
      [100, 50, 10].map((ratio) => sum(exponentialCounts(500, { classes: 100, ratio }))),
    ).toEqual([10_847, 12_608, 19_573]);
    expect(exponentialCounts(2000, { classes: 10, ratio: 100 })).toEqual([
      2000, 1198, 718, 430, 258, 154, 92, 55, 33, 20,
    ]);
  });

  it("refuses a ratio below 1, and one number without classes", () => {
    expect(() => exponentialCounts(10, { classes: 2, ratio: 0.5 })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
    expect(() => exponentialCounts(10, { ratio: 2 })).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
    expect(exponentialCounts([7], { ratio: 10 })).toEqual([7]);
  });
});

describe("binaryCounts, longTailRows and permuteClasses", () => {
  it("cut the named classes down", () => {
    expect(binaryCounts([10, 25, 9], { minority: [1, 2], ratio: 4 })).toEqual([10, 6, 2]);
    expect(() => binaryCounts([10], { minority: [1], ratio: 4 })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });

  it("keep as many random rows of each class as asked for", () => {
    const labels = labelsOf([5, 5, 5]);
    const rows = longTailRows(labels, [4, 2, 0], stream(1));
    expect(
      classCounts(
        rows.map((row) => labels[row]!),
        3,
      ),
    ).toEqual([4, 2, 0]);
    expect(new Set(rows).size).toBe(6);
    expect(() => longTailRows(labels, [6, 0, 0], stream(1))).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });

  it("rename classes by a permutation", () => {
    expect([...permuteClasses([0, 1, 2, 1], [2, 0, 1])]).toEqual([1, 2, 0, 2]);
    for (const order of [
      [0, 0],
      [0, 2],
      [0, 1.5],
    ])
      expect(() => permuteClasses([0], order)).toThrow(
        expect.objectContaining({ code: "ERR_ARGUMENT" }),
      );
    expect(() => permuteClasses([3], [0, 1])).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});

describe("partitions", () => {
  const counts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 6 });

  it("prior-scaled: give every row to one client, and all clients but the last the same size", () => {
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        fc.integer({ min: 0, max: 99 }),
        (sizes, clients, alpha, seed) => {
          const labels = labelsOf(sizes);
          fc.pre(labels.length >= clients);
          const parts = priorScaledPartition(labels, { clients, alpha, random: stream(seed) });
          expect(parts.flat().sort((a, b) => a - b)).toEqual([...labels.keys()]);
          const size = Math.floor(labels.length / clients);
          expect(parts.slice(0, -1).every((rows) => rows.length === size)).toBe(true);
        },
      ),
    );
  });

  it("prior-scaled with α 1: give most clients two to four classes of a long tail", () => {
    const labels = labelsOf(exponentialCounts(2000, { classes: 10, ratio: 100 }));
    const parts = priorScaledPartition(labels, {
      clients: 10,
      rounding: "floor",
      random: stream(3),
    });
    const held = countsPerClient(labels, parts, 10)
      .slice(0, 6)
      .map((row) => row.filter((n) => n >= 8).length);
    expect(sum(held) / held.length).toBeGreaterThan(1.5);
    expect(sum(held) / held.length).toBeLessThan(6);
  });

  it("class-wise: give every row to one client, none fewer than the smallest size", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 99 }),
        (clients, seed) => {
          const labels = labelsOf([80, 40, 20]);
          const parts = classWisePartition(labels, {
            clients,
            alpha: 1,
            minSize: 5,
            random: stream(seed),
          });
          expect(parts.flat().sort((a, b) => a - b)).toEqual([...labels.keys()]);
          expect(Math.min(...parts.map((rows) => rows.length))).toBeGreaterThanOrEqual(5);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("class-wise: say what to change when no draw fits", () => {
    const options = { clients: 5, alpha: 0.01, minSize: 12, maxDraws: 3, random: stream(1) };
    expect(() => classWisePartition(labelsOf([30, 30]), options)).toThrow(
      "use fewer clients, a larger alpha or a smaller minSize",
    );
  });

  it("refuse more clients than rows, and α of 0", () => {
    for (const partition of [priorScaledPartition, classWisePartition]) {
      expect(() => partition([0, 1], { clients: 3, random: stream(1) })).toThrow(
        expect.objectContaining({ code: "ERR_RANGE" }),
      );
      expect(() => partition([0, 1], { clients: 1, alpha: 0, random: stream(1) })).toThrow(
        expect.objectContaining({ code: "ERR_RANGE" }),
      );
    }
  });
});

describe("splitLongTail", () => {
  const labels = Int32Array.from({ length: 300 }, (_, i) => i % 3);
  const data = {
    inputs: Float32Array.from({ length: 300 }, (_, i) => i),
    labels,
    width: 1,
    classes: 3,
  };

  it("gives the same split for the same seed, and says which partition made it", () => {
    const split = splitLongTail(data, { ratio: 10, clients: 4, seed: 5, classOrder: [2, 1, 0] });
    expect(split.counts).toEqual([100, 31, 10]);
    expect(split.partition).toBe("prior-scaled");
    expect(split.countsPerClient.flat().reduce((a, b) => a + b)).toBe(141);
    expect(splitLongTail(data, { ratio: 10, clients: 4, seed: 5, classOrder: [2, 1, 0] })).toEqual(
      split,
    );
    // Class 2 became the head: its rows are those with i % 3 = 2.
    for (const client of split.clients)
      client.labels.forEach((label, row) => {
        expect(client.inputs[row]! % 3).toBe(2 - label);
      });
  });

  it("refuses an unknown partition", () => {
    const wrong = { clients: 2, seed: 1, partition: "iid" as "prior-scaled" };
    expect(() => splitLongTail(data, wrong)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
  });
});

describe("drawDirichlet", () => {
  it("gives shares that sum to 1, also for tiny concentrations", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-4, max: 10, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 1e6 }),
        (alpha, seed) => {
          const shares = drawDirichlet(alpha, stream(seed));
          expect(sum(shares)).toBeCloseTo(1, 9);
          expect(shares.every((share) => share >= 0)).toBe(true);
        },
      ),
    );
  });

  it("has mean α_i/Σα", () => {
    const random = stream(2);
    const draws = Array.from({ length: 4000 }, () => drawDirichlet([0.3, 0, 1.2], random));
    const mean = [0, 1, 2].map((i) => sum(draws.map((draw) => draw[i]!)) / draws.length);
    expect(mean).toBeAllclose([0.2, 0, 0.8], { rtol: 0, atol: 0.02 });
  });
});

describe("meanPool", () => {
  it("averages 2 x 2 pixels and standardises", () => {
    const pixels = [0, 255, 51, 51, 255, 0, 51, 51];
    expect(meanPool({ pixels, rows: 2, cols: 4 }, { mean: 0, std: 1 })).toBeAllclose([0.5, 0.2]);
    expect(
      meanPool({ pixels: new Array(16).fill(255), rows: 4, cols: 4 }, { mean: 0.5, std: 0.5 }),
    ).toBeAllclose([1, 1, 1, 1]);
    const ramp = Array.from({ length: 16 }, (_, i) => i * 15);
    expect(meanPool({ pixels: ramp, rows: 4, cols: 4 }, { mean: 0, std: 1 / 255 })).toBeAllclose([
      37.5, 67.5, 157.5, 187.5,
    ]);
    expect(() => meanPool({ pixels, rows: 1, cols: 8 })).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
  });
});
