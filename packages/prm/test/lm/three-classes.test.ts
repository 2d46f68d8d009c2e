import { backward, nn, tensor } from "@deepgrain/tensor-gpu";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { expandPrm800k, parseLabelledRow, parseTrl, readRows } from "../../src";
import {
  loadStepRewardModel,
  StepRewardModel,
  saveStepRewardModel,
  scoreSamples,
  stepHead,
  trainingSamples,
  trainStepRewards,
} from "../../src/lm";
import { threeLogits, threeLoss } from "../../src/lm/three-classes";
import { asciiTokenizer, tinyLm } from "../support/tiny-lm";

const { encode } = asciiTokenizer;
/** Softmax by plain arithmetic. */
const softmax = (z: readonly number[]) => {
  const all = z.map(Math.exp).reduce((a, b) => a + b);
  return z.map((x) => Math.exp(x) / all);
};
const z = [0.5, -1, 2, 1.5, 0.25, -0.75, 0, 0, 0];
const rows = [z.slice(0, 3), z.slice(3, 6), z.slice(6)];

describe("three classes", () => {
  it("have the log-odds of good, with neutral steps on either side", () => {
    const outputs = tensor(z, { shape: [3, 3] });
    const withNeutral = threeLogits(outputs).sigmoid().dataSync();
    const without = threeLogits(outputs, "bad").sigmoid().dataSync();
    const expected = rows.map(softmax);
    expect(withNeutral).toBeAllclose(
      expected.map(([, b, c]) => b! + c!),
      { rtol: 0, atol: 1e-6 },
    );
    expect(without).toBeAllclose(
      expected.map(([, , c]) => c!),
      { rtol: 0, atol: 1e-6 },
    );
    expect(withNeutral[2]).toBeCloseTo(2 / 3, 6); // equal logits: two classes of three
    expect(without[2]).toBeCloseTo(1 / 3, 6);
  });

  it("stay finite where a probability rounds to 0 or 1", () => {
    const far = tensor([300, 0, -300, -300, 0, 300], { shape: [2, 3] });
    expect([...threeLogits(far).dataSync()]).toEqual([-300, 600]);
    expect([...threeLogits(far, "bad").dataSync()]).toEqual([-600, 300]);
  });

  it("cost the cross-entropy of the label's class, with its gradient", () => {
    const outputs = nn.parameter(tensor(z, { shape: [3, 3] }));
    const [labels, weights] = [
      [1, 0.5, 0.3],
      [0.25, 0.75, 0],
    ];
    const value = (all: readonly number[]) =>
      -0.25 * Math.log(softmax(all.slice(0, 3))[2]!) -
      0.75 * Math.log(softmax(all.slice(3, 6))[1]!);
    const loss = threeLoss(outputs, labels, weights);
    backward(loss);
    expect([loss.itemSync()]).toBeAllclose([value(z)], { rtol: 0, atol: 1e-6 });
    const slopes = z.map((_, i) => {
      const moved = (by: number) => z.map((x, j) => (i === j ? x + by : x));
      return (value(moved(1e-5)) - value(moved(-1e-5))) / 2e-5;
    });
    expect(outputs.grad!.dataSync()).toBeAllclose(slopes, { rtol: 0, atol: 1e-6 });
  });

  it("are 0, ½ and 1: another label, size or side is refused", () => {
    const outputs = tensor(z, { shape: [3, 3] });
    expect(() => threeLoss(outputs, [1, 0.3, 0], [1, 1, 1])).toThrow(
      /label 2 must be 0, 0.5 or 1 for three classes, got 0.3/,
    );
    expect(() => threeLoss(outputs, [1], [1])).toThrow(/a label and a weight for each place/);
    const side = { kind: "three", neutral: "odd" } as never;
    expect(() => new StepRewardModel(tinyLm(1), side)).toThrow(/neutral must be one of good, bad/);
  });
});

describe("labels of three classes in rows", () => {
  const row = { prompt: "p", completions: ["a", "b", "c"], labels: ["good", "neutral", "bad"] };
  const rated = {
    is_quality_control_question: false,
    is_initial_screening_question: false,
    question: { problem: "p", ground_truth_answer: null },
    label: {
      finish_reason: "solution",
      steps: [1, 0, -1].map((rating) => ({
        completions: [{ text: `s${rating}`, rating: rating as -1 | 0 | 1 }],
        human_completion: null,
        chosen_completion: 0,
      })),
    },
  };

  it("are words, or PRM800K's ratings", () => {
    expect(parseTrl(row).labels).toEqual([1, 0.5, 0]);
    const graded = expandPrm800k(rated, { positive: "graded" });
    expect(graded.at(-1)!.labels).toEqual([1, 0.5, 0]);
    expect(expandPrm800k(rated, { positive: "not-bad" }).at(-1)!.labels).toEqual([
      true,
      true,
      false,
    ]);
    expect(() => expandPrm800k(rated, { positive: "bad" as never })).toThrow(
      /positive must be one/,
    );
  });

  it("are refused with line and key where they are unknown", async () => {
    const lines = [
      row,
      { ...row, labels: ["good", "okay", "bad"] },
      { ...row, labels: [1, 0.3, 0] },
    ];
    const events = [];
    const pieces = lines.map((each) => `${JSON.stringify(each)}\n`);
    for await (const event of readRows(pieces, parseLabelledRow("trl", { classes: 3 })))
      events.push(event.type === "row-reject" ? event.error.message : event.type);
    expect(events).toEqual([
      "row",
      expect.stringMatching(
        /line 2: .*labels\[1\] must be .*"good", "neutral" or "bad", got "okay"/,
      ),
      expect.stringMatching(/line 3: .*labels\[1\] must be of three classes: .*got 0.3/),
      "rows-end",
    ]);
    const values = { id: "a", problem: "p", steps: ["a"], gold: "1", values: [{}] };
    expect(() => parseLabelledRow("labels")(values)).toThrow(/values\[0\] must be .*null/);
  });
});

it("a head of three classes learns which steps are good, neutral and bad, and is read again", async () => {
  const model = new StepRewardModel(
    tinyLm(3),
    stepHead("three", asciiTokenizer, { good: "", bad: "" }),
  );
  const marked = Array.from({ length: 60 }, (_, i) => ({
    problem: "s",
    steps: [`${i % 10}+${i % 3}`],
    labels: [(i % 3) / 2],
  }));
  const { samples } = trainingSamples(marked, { encode });
  const last: number[] = [];
  for await (const event of trainStepRewards(model, samples, {
    steps: 80,
    lr: 1e-2,
    batchSize: 16,
    evaluation: { everySteps: 80, samples },
  }))
    if (event.type === "eval-end") last.push(event.scalars.accuracy!);
  expect(last.at(-1)).toBeGreaterThan(0.9);
  const folder = await temporaryFolder();
  await saveStepRewardModel(folder, model);
  const loaded = await loadStepRewardModel(folder);
  expect(loaded.head).toEqual({ kind: "three", neutral: "good" });
  const scores = (await scoreSamples(loaded.model, samples.slice(0, 3))).flat();
  expect(scores[0]).toBeLessThan(0.5); // bad
  expect(Math.min(scores[1]!, scores[2]!)).toBeGreaterThan(0.5); // neutral and good
});
