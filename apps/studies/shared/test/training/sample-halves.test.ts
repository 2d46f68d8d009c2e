import type { EncodedChat } from "@deepgrain/lm";
import { describe, expect, it } from "vitest";
import { halfOfPairs, halfOfText } from "../../training/sample-halves";

/** A conversation of three tokens, all of one number. */
const pair = (id: number): EncodedChat => ({
  inputIds: [id, id, id],
  labels: [id, id, id],
});

const idsOf = (batches: readonly { ids: ArrayLike<number> }[]) =>
  batches.flatMap(({ ids }) => Array.from(ids));

describe("halfOfPairs", () => {
  const pairs = Array.from({ length: 12 }, (_, i) => pair(100 + i));
  const shape = { length: 6, batch: 2, tokens: 100, padTokenId: 0 };

  it("takes conversations of even or odd number, whole", () => {
    for (const parity of [0, 1]) {
      const ids = idsOf(halfOfPairs(pairs, parity, shape));
      expect(ids).toHaveLength(18);
      expect(new Set(ids)).toEqual(new Set([0, 2, 4, 6, 8, 10].map((i) => 100 + i + parity)));
    }
  });

  it("reads as many rows as hold the tokens", () => {
    expect(idsOf(halfOfPairs(pairs, 0, { ...shape, tokens: 7 }))).toHaveLength(12);
    expect(halfOfPairs(pairs, 0, { ...shape, tokens: 18 }).map(({ batch }) => batch)).toEqual([
      2, 1,
    ]);
  });
});

describe("halfOfText", () => {
  const text = Int32Array.from({ length: 20 }, (_, i) => i);

  it("takes the beginning of one half in whole sequences", () => {
    const shape = { length: 3, batch: 2, tokens: 7 };
    expect(idsOf(halfOfText(text, 0, shape))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(idsOf(halfOfText(text, 1, shape))).toEqual([10, 11, 12, 13, 14, 15]);
    expect(idsOf(halfOfText(text, 1, { ...shape, tokens: 100 }))).toHaveLength(9);
  });
});
