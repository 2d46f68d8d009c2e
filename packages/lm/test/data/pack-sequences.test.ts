import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packSequences } from "../../src/data";

const counting = (length: number) => Uint16Array.from({ length }, (_, i) => i);

describe("packSequences", () => {
  it("visits every block of an epoch once, in an order of its own each epoch", () => {
    const packed = packSequences(counting(40), { blockLength: 4, seed: 5 });
    expect(packed.blockCount).toBe(10);
    const epoch = (number: number) =>
      Array.from({ length: 10 }, (_, i) => packed.block(10 * number + i)[0]!);
    const sorted = (starts: number[]) => [...starts].sort((a, b) => a - b);
    expect(sorted(epoch(0))).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
    expect(sorted(epoch(1))).toEqual(sorted(epoch(0)));
    expect(epoch(1)).not.toEqual(epoch(0));
    expect(epoch(0)).not.toEqual(sorted(epoch(0)));
  });

  it("gives the same batch at a position, whatever was asked before", () => {
    const setting = fc.record({
      tokens: fc.integer({ min: 10, max: 200 }),
      batchSize: fc.integer({ min: 1, max: 4 }),
      seed: fc.integer(),
      position: fc.nat({ max: 300 }),
    });
    fc.assert(
      fc.property(setting, ({ tokens, batchSize, seed, position }) => {
        const options = { blockLength: 7, batchSize, seed };
        const used = packSequences(counting(tokens), options);
        for (let i = 0; i < position % 13; i++) used.batch(i);
        const batch = packSequences(counting(tokens), options).batch(position);
        expect(used.batch(position)).toEqual(batch);
        expect([batch.batch, batch.length, batch.ids.length]).toEqual([
          batchSize,
          7,
          7 * batchSize,
        ]);
        for (let i = 0; i < batch.ids.length; i++)
          if (i % 7 > 0) expect(batch.ids[i]).toBe(batch.ids[i - 1]! + 1);
      }),
    );
  });

  it("shifts the blocks between epochs, so that every token has its turn", () => {
    const packed = packSequences(counting(11), { blockLength: 4 });
    const seen = new Set<number>();
    for (let position = 0; position < 80; position++)
      for (const id of packed.block(position)) seen.add(id);
    expect(seen.size).toBe(11);
  });

  it("goes from left to right without shuffling", () => {
    const packed = packSequences(counting(11), { blockLength: 4, batchSize: 2, shuffle: false });
    expect([...packed.batch(0).ids]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(packed.batch(1)).toEqual(packed.batch(0));
  });

  it("rejects too few tokens, and numbers outside their range", () => {
    expect(() => packSequences([1, 2, 3], { blockLength: 4 })).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
    const error = expect.objectContaining({ code: "ERR_RANGE" });
    expect(() => packSequences([1, 2, 3], { blockLength: 1 })).toThrow(error);
    expect(() => packSequences([1, 2, 3], { blockLength: 2, batchSize: 0 })).toThrow(error);
    expect(() => packSequences([1, 2, 3], { blockLength: 2, seed: 0.5 })).toThrow(error);
    expect(() => packSequences([1, 2, 3], { blockLength: 2 }).batch(-1)).toThrow(error);
    expect(() => packSequences([1, 2, 3], { blockLength: 2 }).block(0.5)).toThrow(error);
  });
});
