import { describe, expect, it } from "vitest";
import { scoreSteps } from "../../src/models/step-scorer";
import type { TrainingRow } from "../../src/models/training-row";
import { splitSteps } from "../../src/solutions/solution";
import { generateProblem } from "../../src/world/generate-problem";
import { ngramScorer, trainNgramPrm } from "../../src/world/ngram-prm";
import { noisySolver } from "../../src/world/solvers";
import { firstWrongStep } from "../../src/world/step-truth";

/** Solutions of word problems with the truth of each step. */
async function rows(from: number, count: number): Promise<TrainingRow[]> {
  const problems = Array.from({ length: count }, (_, i) => generateProblem(from + i));
  const solver = noisySolver(problems, { slip: 0.15 });
  return Promise.all(
    problems.map(async (known) => {
      const [made] = await solver({ problem: known.problem, steps: [] }, { seeds: [from] });
      const steps = splitSteps((made as { text: string }).text);
      const wrong = firstWrongStep(known, steps);
      return { problem: known.problem, steps, labels: steps.map((_, i) => wrong < 0 || i < wrong) };
    }),
  );
}

describe("the n-gram reward model", () => {
  it("tells right steps of held-out problems from wrong ones far better than chance", async () => {
    const scorer = ngramScorer(trainNgramPrm(await rows(0, 400)));
    let [right, good, total] = [0, 0, 0];
    for (const { problem, steps, labels } of await rows(10_000, 150)) {
      const scores = await scoreSteps(scorer, problem, steps);
      for (const [i, score] of scores.entries()) {
        right += score >= 0.5 === labels[i] ? 1 : 0;
        good += labels[i] ? 1 : 0;
        total++;
      }
    }
    expect(right / total).toBeGreaterThan(Math.max(good, total - good) / total + 0.15);
  });

  it("is the same for the same rows and seed, and takes soft and missing labels", () => {
    const data: TrainingRow[] = [
      { problem: "p", steps: ["a", "b"], labels: [0.8, null] },
      { problem: "p", steps: ["c"], labels: [0] },
    ];
    const model = trainNgramPrm(data, { dimensions: 1000, epochs: 300 });
    expect(model.weights).toHaveLength(1024);
    expect(trainNgramPrm(data, { dimensions: 1000, epochs: 300 })).toEqual(model);
  });

  it("learns a soft label as a probability", async () => {
    const data = [{ problem: "p", steps: ["a"], labels: [0.7] }];
    const [score] = await ngramScorer(trainNgramPrm(data, { epochs: 500 }))("p", ["a"]);
    expect(score).toBeCloseTo(0.7, 2);
  });

  it("refuses rows that do not fit", () => {
    expect(() => trainNgramPrm([])).toThrow(/no labelled steps/);
    expect(() => trainNgramPrm([{ problem: "p", steps: ["a"], labels: [] }])).toThrow(
      /row 1 has 1 steps and 0/,
    );
    expect(() => trainNgramPrm([{ problem: "p", steps: ["a"], labels: [2] }])).toThrow(
      /label 1 of row 1/,
    );
    expect(() => ngramScorer({ weights: new Float32Array(3), bias: 0 })).toThrow(/power of two/);
  });
});

describe("scoreSteps", () => {
  it("refuses too few scores and scores outside [0, 1]", async () => {
    await expect(scoreSteps(async () => [1], "p", ["a", "b"])).rejects.toThrow(
      /need as many scores, got 1/,
    );
    await expect(scoreSteps(async () => [Number.NaN], "p", ["a"])).rejects.toThrow(
      /score 1 must lie/,
    );
    expect(await scoreSteps(async () => [1], "p", [])).toEqual([]);
  });
});
