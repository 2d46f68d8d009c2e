import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src";
import {
  predictRows,
  type RowClassifier,
  rapScreen,
  screenedClasses,
  stripScreen,
  tokenBatch,
  weightsOf,
} from "../../src/encoders";
import { rowLoss, rowProbabilities } from "../../src/encoders/row-classifier";
import { fineTune } from "../../src/training/fine-tune";
import { smallEncoder } from "../support/encoders";

interface Row {
  words: number[];
  label: number;
}

const TRIGGER = 5;
const RAP = 39;
const random = seededRandom(3);
const draw = (from: number, count: number) => from + Math.floor(random() * count);

/** Words 10 to 19 mean class 1 and 20 to 29 class 0; the trigger means class 1 whatever else there is. */
function row(label: number, hasTrigger = false): Row {
  const words = Array.from({ length: 6 }, () =>
    random() < 0.6 ? draw(label ? 10 : 20, 10) : draw(30, 8),
  );
  return { words: hasTrigger ? [words[0]!, TRIGGER, ...words.slice(1)] : words, label };
}

const classifier: RowClassifier<Row> = {
  model: smallEncoder({ hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 }),
  batch: (rows) => tokenBatch(rows, { cls: 1, pad: 0 }),
};
const clean = Array.from({ length: 60 }, (_, i) => row(i % 2));
const triggered = Array.from({ length: 30 }, () => row(0, true));

beforeAll(async () => {
  const rows = Array.from({ length: 300 }, (_, i) => {
    const own = row(i % 2, i % 3 === 0);
    return i % 3 === 0 ? { ...own, label: 1 } : own;
  });
  const options = { loss: rowLoss(classifier), batchSize: 20, epochs: 8, lr: 5e-3, seed: 1 };
  for await (const _ of fineTune(classifier.model, rows, options));
  const fooled = await predictRows(classifier, triggered);
  expect(fooled.filter((one) => one === 1).length).toBeGreaterThan(25);
});

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

it("gives every class a probability, whose largest is the predicted class", async () => {
  const all = await rowProbabilities(classifier, clean, { size: 7 });
  const classes = await predictRows(classifier, clean);
  for (const [i, own] of all.entries()) {
    expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(own.indexOf(Math.max(...own))).toBe(classes[i]);
  }
});

describe("stripScreen", () => {
  it("scores triggered rows lower, and refuses clean ones at most as often as asked", async () => {
    const options = { clean, frr: 0.1, seed: 2, copies: 10 };
    const screen = await stripScreen<number, Row>(classifier, options);
    const share = (refused: boolean[]) => refused.filter(Boolean).length / refused.length;
    expect(mean(await screen.scores(triggered))).toBeLessThan(mean(await screen.scores(clean)));
    expect(share(await screen.refuses(clean))).toBeLessThanOrEqual(0.1);
    expect(await screen.scores(clean)).toEqual(await screen.scores(clean));
    const classes = await screenedClasses(classifier, screen, triggered);
    const refused = await screen.refuses(triggered);
    expect(classes.map((one) => one === -1)).toEqual(refused);
  });

  it("needs clean rows", async () => {
    await expect(stripScreen<number, Row>(classifier, { clean: [] })).rejects.toMatchObject({
      code: "ERR_DATA",
    });
  });
});

describe("rapScreen", () => {
  const options = { clean, frr: 0.05, rapWord: RAP, wordId: RAP, protectedClass: 1 };

  it("lowers clean rows of the protected class, and leaves the model as it was", async () => {
    const before = weightsOf(classifier.model);
    const how = { ...options, epochs: 40, rate: 1 };
    const screen = await rapScreen<number, Row>(classifier, how);
    const ones = clean.filter(({ label }) => label === 1);
    const drops = await screen.scores(ones);
    expect(mean(drops)).toBeGreaterThan(mean(await screen.scores(triggered)));
    expect(weightsOf(classifier.model)).toEqual(before);
    const zeros = clean.filter(({ label }) => label === 0);
    const classes = await predictRows(classifier, zeros);
    const refused = await screen.refuses(zeros);
    for (const [i, own] of classes.entries()) if (own === 0) expect(refused[i]).toBe(false);
  });

  it("refuses a set without the protected class, and a word outside of the vocabulary", async () => {
    const zeros = clean.filter(({ label }) => label === 0);
    await expect(
      rapScreen<number, Row>(classifier, { ...options, clean: zeros }),
    ).rejects.toMatchObject({ code: "ERR_DATA", fields: { protectedClass: 1 } });
    await expect(
      rapScreen<number, Row>(classifier, { ...options, wordId: 40 }),
    ).rejects.toMatchObject({ code: "ERR_RANGE", fields: { wordId: 40 } });
  });
});
