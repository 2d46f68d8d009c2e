import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversationBatches } from "../../src/data";
import { packConversations } from "../../src/data/pack-conversations";
import { createRandom, permutation } from "../../src/generation";

/** A sample of ids first, first + 1, …; its first half is not trained. */
function sample(first: number, length: number) {
  const inputIds = Array.from({ length }, (_, i) => first + i);
  return { inputIds, labels: inputIds.map((id, i) => (i < length / 2 ? -100 : id)) };
}

const options = { sequenceLength: 6, padTokenId: 0, randomConcatRatio: 0, random: () => 0.5 };
const idsOf = (...args: Parameters<typeof packConversations>) =>
  [...packConversations(...args)].map(({ inputIds }) => [...inputIds]);

describe("packConversations", () => {
  it("appends samples, keeps the end of one that does not fit, and pads the last block", () => {
    const samples = [sample(10, 4), sample(20, 5), sample(30, 3)];
    const blocks = [...packConversations(samples, options)];
    expect(blocks.map(({ inputIds }) => [...inputIds])).toEqual([
      [10, 11, 12, 13, 23, 24],
      [30, 31, 32, 0, 0, 0],
    ]);
    expect(blocks.map(({ labels }) => [...labels])).toEqual([
      [-100, -100, 12, 13, 23, 24],
      [-100, -100, 32, -100, -100, -100],
    ]);
  });

  it("cuts a sample longer than a block on the left, and makes no block of padding only", () => {
    expect(idsOf([sample(10, 9)], options)).toEqual([[13, 14, 15, 16, 17, 18]]);
    expect(idsOf([sample(10, 6)], options)).toEqual([[10, 11, 12, 13, 14, 15]]);
    expect(idsOf([], options)).toEqual([]);
  });

  it("drops the first token in a begun block where chance has it, after cutting", () => {
    const always = { ...options, randomConcatRatio: 1 };
    expect(idsOf([sample(10, 3), sample(20, 2), sample(30, 2), sample(40, 9)], always)).toEqual([
      [10, 11, 12, 21, 31, 0], // of 40…48 the last token fits, and that one is dropped
    ]);
    expect(idsOf([sample(10, 6), sample(20, 6)], always)).toHaveLength(2);
  });

  it("asks for chance only in begun blocks", () => {
    let asked = 0;
    const random = () => {
      asked++;
      return 0.1;
    };
    const samples = [sample(10, 3), sample(20, 2), sample(30, 9)];
    expect(idsOf(samples, { sequenceLength: 6, padTokenId: 0, random })[0]).toEqual([
      10, 11, 12, 21, 38, 0,
    ]);
    expect(asked).toBe(2);
  });

  it("gives full blocks whose labels are ids or −100, for any samples", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 20 });
    fc.assert(
      fc.property(lengths, fc.integer(), (sizes, seed) => {
        const samples = sizes.map((length, i) => sample(100 * (i + 1), length));
        const random = createRandom(seed).next;
        const blocks = [
          ...packConversations(samples, { ...options, randomConcatRatio: 0.2, random }),
        ];
        for (const { inputIds, labels } of blocks) {
          expect([inputIds.length, labels.length]).toEqual([6, 6]);
          for (const [i, label] of labels.entries())
            if (label !== -100) expect(label).toBe(inputIds[i]);
        }
        for (const block of blocks.slice(0, -1)) expect(block.inputIds).not.toContain(0);
      }),
    );
  });

  it("rejects options outside their range and samples of two lengths", () => {
    const pack = (change: object, samples = [sample(1, 2)]) => [
      ...packConversations(samples, { ...options, ...change }),
    ];
    const error = expect.objectContaining({ code: "ERR_RANGE" });
    expect(() => pack({ sequenceLength: 1 })).toThrow(error);
    expect(() => pack({ padTokenId: -1 })).toThrow(error);
    expect(() => pack({ randomConcatRatio: 1.1 })).toThrow(error);
    expect(() => pack({}, [{ inputIds: [1], labels: [] }])).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
  });
});

describe("conversationBatches", () => {
  const samples = Array.from({ length: 9 }, (_, i) => sample(10 * (i + 1), 2 + (i % 4)));
  const settings = { sequenceLength: 8, padTokenId: 0, batchSize: 2, seed: 3 };

  it("gives the same batch at a position, whatever was asked before", () => {
    const forward = conversationBatches(samples, settings);
    const batches = Array.from({ length: 20 }, (_, i) => forward.batch(i));
    expect(conversationBatches(samples, settings).batch(17)).toEqual(batches[17]);
    expect(forward.batch(2)).toEqual(batches[2]);
    expect(batches[0]).toMatchObject({ batch: 2, length: 8 });
    expect(batches[0]!.labels).toHaveLength(16);
  });

  it("cuts nothing by default, and keeps conversations apart", () => {
    const { batch, packing } = conversationBatches(samples, settings);
    expect(packing).toMatchObject({ conversations: 9, cut: 0, tooLong: 0, unlabelled: 0 });
    const firsts = new Set<number>();
    for (let position = 0; position < 3; position++) {
      const { ids, segments = new Int32Array(16) } = batch(position);
      for (const [i, id] of ids.entries()) {
        const begins = i % 8 === 0 || segments[i] !== segments[i - 1];
        if (id > 0) expect(id % 10 === 0).toBe(begins);
        if (id > 0 && begins) firsts.add(id);
      }
    }
    expect(firsts.size).toBe(9);
  });

  it("counts what it leaves out, and says so where nothing is left", () => {
    const silent = { inputIds: [1, 2, 3], labels: [1, -100, -100] };
    const long = sample(50, 9);
    const mixed = conversationBatches([...samples, silent, long], settings);
    expect(mixed.packing).toMatchObject({ conversations: 11, cut: 0, tooLong: 1, unlabelled: 1 });
    expect(() => conversationBatches([long], settings)).toThrow(/shortest conversation has 9/);
    expect(() => conversationBatches([silent], settings)).toThrow(/no conversation has a label/);
  });

  it("packs as the official code on request, and reports how many conversations that cuts", () => {
    const official = { ...settings, packing: "official", batchSize: 1 } as const;
    const { batch, packing } = conversationBatches(samples, official);
    const random = createRandom([3, 0]).next;
    const order = Array.from(permutation(9, random), (i) => samples[i]!);
    const blocks = [...packConversations(order, { sequenceLength: 8, padTokenId: 0, random })];
    expect(blocks.map((_, i) => batch(i).ids)).toEqual(blocks.map(({ inputIds }) => inputIds));
    expect(packing.cut).toBe(blocks.reduce((sum, { cut }) => sum + cut!, 0));
    expect(packing.cut).toBeGreaterThan(0);
    expect(batch(0)).not.toHaveProperty("segments");
  });

  it("leaves out official blocks in which nothing is trained", () => {
    const silent = { inputIds: [1, 2, 3, 4], labels: [1, -100, -100, -100] };
    const given = [silent, sample(10, 4)];
    const official = { sequenceLength: 4, padTokenId: 0, packing: "official" } as const;
    const { batch, packing } = conversationBatches(given, official);
    expect(packing.unlabelled).toBe(1);
    for (let i = 0; i < 4; i++) expect(batch(i).labels.at(-1)).toBe(13);
  });

  it("orders and packs each epoch anew", () => {
    const one = { ...settings, batchSize: 1 };
    const firsts = new Set<string>();
    const batches = conversationBatches(samples, one);
    for (let i = 0; i < 30; i++) firsts.add(batches.batch(i).ids.join());
    expect(firsts.size).toBeGreaterThan(10);
  });

  it("rejects no samples, and numbers outside their range", () => {
    const error = expect.objectContaining({ code: "ERR_RANGE" });
    expect(() => conversationBatches([], settings)).toThrow(error);
    expect(() => conversationBatches([{ inputIds: [1], labels: [1] }], settings)).toThrow(error);
    expect(() => conversationBatches(samples, { ...settings, batchSize: 0 })).toThrow(error);
    expect(() => conversationBatches(samples, { ...settings, sequenceLength: 0 })).toThrow(error);
    expect(() => conversationBatches(samples, settings).batch(-1)).toThrow(error);
  });
});
