import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkAnswer } from "../../src/answers/answer-checker";
import { generateProblem } from "../../src/world/generate-problem";
import { constantSolver, noisySolver } from "../../src/world/solvers";
import { firstWrongStep } from "../../src/world/step-truth";
import { calculate } from "../../src/world/word-problem";

describe("word problems", () => {
  it("come with right steps, whole positive numbers and a checkable answer", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const made = generateProblem(seed);
        expect(made.steps.length).toBeGreaterThanOrEqual(2);
        expect(made.steps.length).toBeLessThanOrEqual(8);
        for (const { left, operator, right, result } of made.calculations) {
          expect(calculate(left, operator, right)).toBe(result);
          expect(Number.isInteger(result) && result > 0).toBe(true);
        }
        expect(firstWrongStep(made, made.steps)).toBe(-1);
        expect(checkAnswer(made.steps.join("\n"), made.answer).correct).toBe(true);
      }),
    );
  });

  it("are the same for the same seed, of five templates, with and without distractors", () => {
    const many = Array.from({ length: 200 }, (_, seed) => generateProblem(seed));
    expect(generateProblem(7)).toEqual(many[7]);
    expect(new Set(many.map(({ template }) => template)).size).toBe(5);
    expect(new Set(many.map(({ distractors }) => distractors))).toEqual(new Set([0, 1, 2]));
    expect(new Set(many.map(({ steps }) => steps.length))).toEqual(new Set([2, 3, 4, 5, 6, 7, 8]));
  });

  it("have small numbers where these are asked for", () => {
    const largest = (numbers: "small" | "large") => {
      const many = Array.from({ length: 300 }, (_, i) => generateProblem(i, { numbers }));
      for (const made of many) expect(firstWrongStep(made, made.steps)).toBe(-1);
      return Math.max(...many.flatMap((one) => one.calculations.map(({ result }) => result)));
    };
    expect(largest("small")).toBeLessThan(130);
    expect(largest("large")).toBeGreaterThan(500);
  });

  it("refuse a number of steps outside 2 to 8, and other sizes of numbers", () => {
    expect(() => generateProblem(1, { numbers: "tiny" as "small" })).toThrow(
      /"large" or "small", got "tiny"/,
    );
    expect(() => generateProblem(1, { steps: [1, 4] })).toThrow(/within 2 to 8/);
    expect(() => generateProblem(1, { distractors: [2, 1] })).toThrow(/distractors/);
  });

  it("know the first wrong step", () => {
    const made = generateProblem(3, { steps: [4, 4] });
    const wrong = made.steps.map((step, i) => (i === 2 ? step.replace(/=-?\d+>>/, "=1>>") : step));
    expect(firstWrongStep(made, wrong)).toBe(2);
    expect(firstWrongStep(made, [...made.steps, "Step 5: more"])).toBe(4);
  });
});

describe("solvers", () => {
  const problems = Array.from({ length: 20 }, (_, seed) =>
    generateProblem(seed, { steps: [4, 4] }),
  );

  it("hit the answer as often as they are told, from right and from wrong prefixes", async () => {
    const solver = constantSolver(problems, { goodHit: 0.7, badHit: 0.2 });
    const seeds = Array.from({ length: 500 }, (_, i) => i);
    for (const [steps, rate] of [
      [problems[0]!.steps.slice(0, 2), 0.7],
      [["Step 1: wrong <<1+1=3>>3"], 0.2],
    ] as const) {
      const texts = await solver({ problem: problems[0]!.problem, steps }, { seeds });
      const hits = texts.filter((text) => checkAnswer(text as string, problems[0]!.answer).correct);
      expect(Math.abs(hits.length / 500 - rate)).toBeLessThan(0.07);
    }
  });

  it("solve without slips, continue wrong values with them, and stop at stop strings", async () => {
    const perfect = noisySolver(problems, { slip: 0 });
    const { problem, steps, answer } = problems[1]!;
    const [whole] = await perfect({ problem, steps: [] }, { seeds: [1] });
    expect(whole).toEqual({ text: steps.join("\n"), finishReason: "end" });
    const [step] = await perfect(
      { problem, steps: steps.slice(0, 1) },
      { seeds: [1], stop: ["\n"] },
    );
    expect(step).toEqual({ text: steps[1], finishReason: "stop" });
    const clumsy = noisySolver(problems, { slip: 1, recover: 0 });
    const [wrong] = await clumsy({ problem, steps: [] }, { seeds: [1] });
    const text = (wrong as { text: string }).text;
    expect(text.split("\n")).toHaveLength(4);
    expect(firstWrongStep(problems[1]!, text.split("\n"))).toBe(0);
    expect(checkAnswer(text, answer).extracted).not.toBeNull();
  });

  it("refuse unknown problems and impossible probabilities", async () => {
    await expect(
      noisySolver(problems)({ problem: "What?", steps: [] }, { seeds: [1] }),
    ).rejects.toThrow(/unknown problem "What\?"/);
    expect(() => constantSolver([], { goodHit: 2, badHit: 0 })).toThrow(
      /goodHit must be a finite number from 0 to 1, got 2/,
    );
  });
});
