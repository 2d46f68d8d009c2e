import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, generalRows, mixedTexts, withGeneralRows } from "../../src";
import { mixedRows } from "../../src/data/mixed-texts";

const stream = (start: number, length = 40) => Int32Array.from({ length }, (_, i) => start + i);

describe("mixedRows", () => {
  it("takes whole windows of the texts, each as often as its share says", () => {
    const texts = [
      { tokens: stream(0), share: 3 },
      { tokens: stream(100), share: 1 },
      { tokens: stream(200), share: 0 },
    ];
    const ids = mixedRows(texts, { rows: 4000, length: 5 }, createRandom(1).next);
    const counts = [0, 0, 0];
    for (let row = 0; row < 4000; row++) {
      const window = Array.from(ids.subarray(5 * row, 5 * row + 5));
      expect(window).toEqual(window.map((_, i) => window[0]! + i));
      counts[Math.floor(window[0]! / 100)]!++;
    }
    expect(counts[2]).toBe(0);
    expect(counts[0]! / 4000).toBeCloseTo(0.75, 1);
  });

  it("reaches the first and the last token of a text", () => {
    const texts = [{ tokens: stream(0, 6), share: 1 }];
    const starts = new Set<number>();
    const ids = mixedRows(texts, { rows: 200, length: 5 }, createRandom(2).next);
    for (let row = 0; row < 200; row++) starts.add(ids[5 * row]!);
    expect([...starts].sort()).toEqual([0, 1]);
  });
});

describe("mixedTexts", () => {
  const texts = [{ tokens: stream(0), share: 1 }];
  const at = (position: number, seed = 1) =>
    Array.from(mixedTexts(texts, { batchSize: 2, blockLength: 5, seed }).batch(position).ids);

  it("gives what the seed and the position say, and nothing else", () => {
    expect(at(3)).toEqual(at(3));
    expect(at(3)).not.toEqual(at(4));
    expect(at(3)).not.toEqual(at(3, 2));
  });
});

describe("generalRows", () => {
  it("leaves the task a row at least", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 64 }),
        (share, batch) => {
          const rows = generalRows(share, batch);
          expect(rows).toBeGreaterThanOrEqual(0);
          expect(rows).toBeLessThan(batch);
          expect(Math.abs(rows - share * batch)).toBeLessThanOrEqual(1);
        },
      ),
    );
    expect(generalRows(0.5, 8)).toBe(4);
  });
});

describe("withGeneralRows", () => {
  const task = {
    batch: (position: number) => ({
      ids: [position, 1, 2],
      labels: [-100, 1, -100],
      batch: 1,
      length: 3,
    }),
  };
  const texts = [{ tokens: stream(10), share: 1 }];

  it("puts rows of text behind the task's, trained on every token", async () => {
    const { ids, labels, batch } = await withGeneralRows(task, { texts, rows: 2, seed: 1 }).batch(
      7,
    );
    expect(batch).toBe(3);
    expect(Array.from(ids).slice(0, 3)).toEqual([7, 1, 2]);
    expect(Array.from(labels!).slice(0, 3)).toEqual([-100, 1, -100]);
    expect(Array.from(ids).slice(3)).toEqual(Array.from(labels!).slice(3));
    expect(
      Array.from(ids)
        .slice(3)
        .every((id) => id >= 10),
    ).toBe(true);
  });

  it("gives the same batch at the same seed and position, and the task's own without rows", async () => {
    const at = async (seed: number) =>
      Array.from((await withGeneralRows(task, { texts, rows: 2, seed }).batch(3)).ids);
    expect(await at(1)).toEqual(await at(1));
    expect(await at(1)).not.toEqual(await at(2));
    expect(withGeneralRows(task, { texts, rows: 0, seed: 1 })).toBe(task);
  });
});
