import { describe, expect, it } from "vitest";
import { chainProblem } from "../../src/world/chain-problem";
import { generateProblem } from "../../src/world/generate-problem";
import { firstWrongStep } from "../../src/world/step-truth";

const change = (operator: "+" | "-" | "*" | "/", right: number) => ({ operator, right });

describe("a problem of one's own numbers", () => {
  it("has the words, the steps and the answer that follow from them", () => {
    const made = chainProblem(20, [change("-", 5), change("/", 3)]);
    expect(made.problem).toBe(
      "Ann has 20 marbles. Ann loses 5 of them. Ann splits them evenly into 3 bags and keeps one bag. How many marbles are there now?",
    );
    expect(made.steps).toEqual([
      "Step 1: Now there are 20 - 5 = <<20-5=15>>15 marbles.",
      "Step 2: Now there are 15 / 3 = <<15/3=5>>5 marbles. The answer is: 5",
    ]);
    expect(made.answer).toBe("5");
    expect(firstWrongStep(made, made.steps)).toBe(-1);
  });

  it("reads as the generator's, for all of its marbles", () => {
    const drawn = Array.from({ length: 200 }, (_, seed) =>
      generateProblem(seed, { distractors: [0, 0] }),
    ).filter(({ template }) => template === "marbles");
    expect(drawn.length).toBeGreaterThan(10);
    for (const { problem, steps, calculations } of drawn) {
      const made = chainProblem(calculations[0]!.left, calculations);
      const [who] = problem.split(" ");
      expect(made.problem.replaceAll("Ann", who!)).toBe(problem);
      expect(made.steps).toEqual(steps);
    }
  });

  it("refuses what leaves no whole number of marbles, no change, and other operators", () => {
    expect(() => chainProblem(20, [])).toThrow(/changes must not be empty/);
    expect(() => chainProblem(20, [change("/", 3)])).toThrow(/quantity after change 1/);
    expect(() => chainProblem(20, [change("+", 1), change("-", 21)])).toThrow(
      /quantity after change 2/,
    );
    expect(() => chainProblem(2.5, [change("+", 1)])).toThrow(/first/);
    expect(() => chainProblem(20, [change("+", 0.5)])).toThrow(/right of change 1/);
    expect(() => chainProblem(20, [change("^" as "+", 2)])).toThrow(/operator of change 1/);
  });
});
