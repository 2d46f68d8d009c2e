import { IGNORED_LABEL } from "@deepgrain/lm";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src";
import { predictRows } from "../../src/encoders";
import {
  classifierOf,
  FRAME,
  MASK,
  pretrainEncoder,
  topicTask,
  wordsOf,
  wordVocabulary,
} from "../../src/miniature";
import { maskedBatch } from "../../src/miniature/masked-batch";

const sizes = { hiddenSize: 8, attackRows: 20, heldOutRows: 10, testRows: 10, perClass: 2 };

describe("topicTask", () => {
  it("draws the same sets for the same seed, with the clean rows that were asked for", () => {
    const task = topicTask(1, sizes);
    const again = topicTask(1, sizes);
    for (const set of ["attack", "clean", "heldOut", "test"] as const)
      expect(again[set]).toEqual(task[set]);
    expect(topicTask(2, sizes).test).not.toEqual(task.test);
    const perClass = [0, 1, 2, 3].map(
      (label) => task.clean.filter((row) => row.label === label).length,
    );
    expect(perClass).toEqual([2, 2, 2, 2]);
    expect(task.backdoor("word").target).toBe(0);
  });
});

describe("maskedBatch", () => {
  it("hides words and asks for them, the first of the first text always", () => {
    const frame = { ...FRAME, mask: MASK };
    const none = maskedBatch([[5, 6], [7]], { ...frame, share: 0, random: seededRandom(1) });
    expect(Array.from(none.ids)).toEqual([1, MASK, 6, 1, 7, 0]);
    const blank = IGNORED_LABEL;
    expect(Array.from(none.labels!)).toEqual([blank, 5, blank, blank, blank, blank]);
    const all = maskedBatch([[5, 6], [7]], { ...frame, share: 1, random: seededRandom(1) });
    expect(Array.from(all.ids)).toEqual([1, MASK, MASK, 1, MASK, 0]);
    expect(Array.from(all.labels!)).toEqual([blank, 5, 6, blank, 7, blank]);
  });
});

describe("pretrainEncoder", () => {
  it("lowers the masked-LM loss and returns weights that a classifier takes", async () => {
    const task = topicTask(1, sizes);
    const events = pretrainEncoder(task, { steps: 60, rows: 8, seed: 1 });
    const losses: number[] = [];
    let next = await events.next();
    for (; !next.done; next = await events.next())
      if (next.value.type === "step-end") losses.push(next.value.loss);
    expect(losses).toHaveLength(60);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(0, 20)));
    const classifier = classifierOf(task, next.value, 1);
    expect(await predictRows(classifier, task.test)).toHaveLength(10);
    classifier.model.dispose();
  });
});

describe("wordVocabulary", () => {
  it("has the special words first, then the commonest, ties by the alphabet", () => {
    const texts = ["The film, the end.", "A film"].map(wordsOf);
    expect(texts[0]).toEqual(["the", "film", ",", "the", "end", "."]);
    const vocabulary = wordVocabulary(texts, { size: 4, special: ["[PAD]", "the"] });
    expect([...vocabulary]).toEqual([
      ["[PAD]", 0],
      ["the", 1],
      ["film", 2],
      [",", 3],
    ]);
  });
});
