import { describe, expect, it } from "vitest";
import { type LabelledBatch, mixedBatches } from "../../src";
import { joinBatches } from "../../src/data/join-batches";

/** Rows of one number, which says their place. */
const rows = (first: number) => ({
  batch: (position: number) => ({ ids: [first + position, 0], batch: 1, length: 2 }),
});

describe("mixedBatches", () => {
  it.each([
    { batchSize: 4, share: 0.5, general: [2, 2, 2, 2] },
    { batchSize: 1, share: 0.25, general: [0, 0, 0, 1] },
    { batchSize: 3, share: 0.5, general: [1, 2, 1, 2] },
    { batchSize: 2, share: 0, general: [0, 0, 0, 0] },
  ])(
    "keeps a share of $share in batches of $batchSize, and leaves no row out",
    ({ general, ...own }) => {
      const data = mixedBatches(rows(1), rows(1001), own);
      const seen = { task: [] as number[], general: [] as number[] };
      for (const [position, wanted] of general.entries()) {
        const { ids, batch } = data.batch(position) as LabelledBatch;
        expect(batch).toBe(own.batchSize);
        const firsts = Array.from(ids).filter((_, i) => i % 2 === 0);
        const others = firsts.filter((id) => id > 1000);
        expect(others).toHaveLength(wanted);
        seen.general.push(...others);
        seen.task.push(...firsts.filter((id) => id <= 1000));
      }
      expect(seen.task).toEqual(seen.task.map((_, i) => 1 + i));
      expect(seen.general).toEqual(seen.general.map((_, i) => 1001 + i));
      expect(data.batch(1)).toEqual(mixedBatches(rows(1), rows(1001), own).batch(1));
    },
  );
});

describe("joinBatches", () => {
  it("fills up what only some batches have", () => {
    const packed = {
      ids: [1, 2],
      labels: [-100, 2],
      segments: [0, 1],
      attentionMask: [1, 0],
      batch: 1,
      length: 2,
    };
    const plain = { ids: [3, 4], batch: 1, length: 2 };
    const { ids, labels, segments, attentionMask, batch } = joinBatches([packed, plain]);
    expect([...ids]).toEqual([1, 2, 3, 4]);
    expect([...labels]).toEqual([-100, 2, 3, 4]);
    expect([...segments!]).toEqual([0, 1, 0, 0]);
    expect([...attentionMask!]).toEqual([1, 0, 1, 1]);
    expect(batch).toBe(2);
    expect(joinBatches([plain])).toMatchObject({ segments: undefined, attentionMask: undefined });
  });
});
