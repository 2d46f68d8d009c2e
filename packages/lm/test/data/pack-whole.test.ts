import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packedBatch, packWhole } from "../../src/data";

/** A sample of ids first, first + 1, …; its first half is not trained. */
function sample(first: number, length: number) {
  const inputIds = Array.from({ length }, (_, i) => first + i);
  return { inputIds, labels: inputIds.map((id, i) => (i < length / 2 ? -100 : id)) };
}

const options = { sequenceLength: 6, padTokenId: 0 };

describe("packWhole", () => {
  it("puts each conversation into the row it fills best, whole", () => {
    const { rows, tooLong } = packWhole(
      [sample(10, 3), sample(20, 4), sample(30, 2), sample(40, 3), sample(50, 7)],
      options,
    );
    expect(tooLong).toBe(1);
    expect(rows.map(({ inputIds }) => [...inputIds])).toEqual([
      [10, 11, 12, 40, 41, 42],
      [20, 21, 22, 23, 30, 31], // two tokens fill this row, and would leave one free in the first
    ]);
    expect(rows.map(({ segments }) => [...segments])).toEqual([
      [0, 0, 0, 1, 1, 1],
      [0, 0, 0, 0, 1, 1],
    ]);
    expect([...rows[0]!.labels]).toEqual([-100, -100, 12, -100, -100, 42]);
  });

  it("pads what is left of a row, and leaves out samples without tokens", () => {
    const { rows } = packWhole([sample(10, 0), sample(20, 4)], options);
    expect(rows).toHaveLength(1);
    expect([...rows[0]!.inputIds]).toEqual([20, 21, 22, 23, 0, 0]);
    expect([...rows[0]!.labels].slice(4)).toEqual([-100, -100]);
    expect([...rows[0]!.segments]).toEqual([0, 0, 0, 0, -1, -1]);
    expect(packWhole([], options)).toEqual({ rows: [], tooLong: 0 });
  });

  it("holds every conversation that fits once and uncut, for any lengths", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 });
    fc.assert(
      fc.property(lengths, (sizes) => {
        const samples = sizes.map((length, i) => sample(100 * (i + 1), length));
        const { rows, tooLong } = packWhole(samples, options);
        const found: number[][] = [];
        for (const { inputIds, segments } of rows)
          for (let s = 0; s <= Math.max(...segments); s++)
            found.push([...inputIds].filter((_, i) => segments[i] === s));
        const wanted = samples.map(({ inputIds }) => inputIds);
        const fitting = wanted.filter(({ length }) => length > 0 && length <= 6);
        expect(found.sort((a, b) => a[0]! - b[0]!)).toEqual(fitting);
        expect(tooLong).toBe(wanted.filter(({ length }) => length > 6).length);
      }),
    );
  });

  it("rejects options outside their range and samples of two lengths", () => {
    const error = (code: string) => expect.objectContaining({ code });
    const attempt = (change: object) => () => packWhole([], { ...options, ...change });
    expect(attempt({ sequenceLength: 1 })).toThrow(error("ERR_RANGE"));
    expect(attempt({ padTokenId: 0.5 })).toThrow(error("ERR_RANGE"));
    expect(() => packWhole([{ inputIds: [1], labels: [] }], options)).toThrow(error("ERR_SHAPE"));
  });
});

describe("packedBatch", () => {
  it("brings segments and a mask along only where rows need them", () => {
    const whole = (...sizes: number[]) =>
      packWhole(
        sizes.map((size, i) => sample(10 * (i + 1), size)),
        options,
      ).rows;
    expect(packedBatch(whole(6, 6))).not.toHaveProperty("segments");
    expect(packedBatch(whole(6, 6))).not.toHaveProperty("attentionMask");
    const padded = packedBatch(whole(6, 4));
    expect(padded).not.toHaveProperty("segments");
    expect([...padded.attentionMask!]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    const mixed = packedBatch(whole(6, 4, 2));
    expect(mixed).not.toHaveProperty("attentionMask");
    expect([...mixed.segments!]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(mixed).toMatchObject({ batch: 2, length: 6 });
  });

  it("rejects no rows", () => {
    expect(() => packedBatch([])).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });
});
