import { describe, expect, it } from "vitest";
import { onionScores } from "../../src/defences/onion";
import { onionFilter, predictRows, type RowClassifier, tokenBatch } from "../../src/encoders";
import { smallEncoder } from "../support/encoders";

interface Row {
  words: number[];
  label: number;
}

const classifier: RowClassifier<Row> = {
  model: smallEncoder().eval(),
  batch: (rows) => tokenBatch(rows, { cls: 1, pad: 0 }),
};
/** Word 5 is unlikely anywhere. */
const perplexities = async (texts: readonly (readonly number[])[]) =>
  texts.map((words) => 10 + 90 * words.filter((word) => word === 5).length);

describe("onionFilter", () => {
  it("takes words at or above a given threshold out of rows", async () => {
    const { filter } = await onionFilter<number, Row>(classifier, perplexities, { threshold: 50 });
    expect(
      await filter([
        { words: [7, 5, 8], label: 1 },
        { words: [7, 8], label: 0 },
      ]),
    ).toEqual([
      { row: { words: [7, 8], label: 1 }, removed: 1 },
      { row: { words: [7, 8], label: 0 }, removed: 0 },
    ]);
  });

  it("chooses the smallest threshold that keeps the accuracy on clean rows, or takes no word out", async () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ words: [7 + i, 20 + i, 5], label: 0 }));
    const classes = await predictRows(classifier, rows);
    const clean = rows.map((row, i) => ({ ...row, label: classes[i]! }));
    const free = await onionFilter<number, Row>(classifier, perplexities, { clean, least: 0 });
    expect(free.threshold).toBeLessThanOrEqual(90);
    const held = await onionFilter<number, Row>(classifier, perplexities, { clean, least: 1.1 });
    expect(held.threshold).toBe(Number.POSITIVE_INFINITY);
    expect((await held.filter(clean)).every(({ removed }) => removed === 0)).toBe(true);
  });

  it("needs a threshold or clean rows, and stops at the signal", async () => {
    await expect(onionFilter<number, Row>(classifier, perplexities, {})).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
    });
    const signal = AbortSignal.abort(new Error("enough"));
    const { filter } = await onionFilter<number, Row>(classifier, perplexities, {
      threshold: 1,
      signal,
    });
    await expect(filter([{ words: [1, 2], label: 0 }])).rejects.toThrow("enough");
  });

  it("scores words by how much likelier the text is without them", async () => {
    expect(await onionScores([7, 5], perplexities)).toEqual([0, 90]);
    expect(await onionScores([5], perplexities)).toEqual([0]);
  });
});
