import { describe, expect, it } from "vitest";
import { type EncodedPair, preferenceBatches } from "../../src";

const pair = (chosen: number[], rejected: number[]): EncodedPair => ({
  chosen: { inputIds: [1, ...chosen], labels: [-100, ...chosen] },
  rejected: { inputIds: [1, ...rejected], labels: [-100, ...rejected] },
  promptTokens: 1,
  isTruncated: false,
});
const pairs = [pair([10], [20, 21]), pair([11, 12, 13], [22]), pair([14], [23])];

describe("preferenceBatches", () => {
  it("puts chosen rows first and pads on the right, out of sight", () => {
    const batch = preferenceBatches(pairs, { batchSize: 3, padTokenId: 9 }).batch(0);
    expect([batch.batch, batch.length]).toEqual([6, 4]);
    for (const [row, index] of batch.pairs.entries())
      for (const [side, offset] of [
        ["chosen", 0],
        ["rejected", 3],
      ] as const) {
        const { inputIds, labels } = pairs[index]![side];
        const [start, padding] = [(row + offset) * 4, 4 - inputIds.length];
        const cells = (list: ArrayLike<number>) => Array.from(list).slice(start, start + 4);
        expect(cells(batch.ids)).toEqual([...inputIds, ...Array(padding).fill(9)]);
        expect(cells(batch.labels)).toEqual([...labels, ...Array(padding).fill(-100)]);
        expect(cells(batch.attentionMask)).toEqual([
          ...inputIds.map(() => 1),
          ...Array(padding).fill(0),
        ]);
      }
  });

  it("visits every pair once per epoch, in an order that follows from seed and position", () => {
    const batches = preferenceBatches(pairs, { batchSize: 2, seed: 5 });
    const order = [0, 1, 2].flatMap((position) => batches.batch(position).pairs);
    expect([...order.slice(0, 3)].sort()).toEqual([0, 1, 2]);
    expect([...order.slice(3)].sort()).toEqual([0, 1, 2]);
    expect(preferenceBatches(pairs, { batchSize: 2, seed: 5 }).batch(2)).toEqual(batches.batch(2));
  });

  it("refuses no pairs, and options and positions out of range", () => {
    expect(() => preferenceBatches([])).toThrow(expect.objectContaining({ code: "ERR_MISSING" }));
    expect(() => preferenceBatches(pairs, { batchSize: 0 })).toThrow(/batchSize must be/);
    expect(() => preferenceBatches(pairs).batch(-1)).toThrow(/position must be/);
  });
});
