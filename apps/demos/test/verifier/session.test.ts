import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRecorded } from "../../src/site/read-recorded";
import {
  problemOfSolution,
  solutionOf,
  stepsOf,
  typedLines,
  written,
} from "../../src/verifier/calculation";
import { choose, type Written } from "../../src/verifier/choose";
import { problemOfMade, readMade, writeMade } from "../../src/verifier/made";
import type { RecordedVerifier } from "../../src/verifier/recorded";
import { heldOut, madeProblem } from "../../src/verifier/school";
import { createSession } from "../../src/verifier/session";
import { fields, INITIAL, PROBLEMS } from "../../src/verifier/state";

const { signal } = new AbortController();

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const voter = (key: string, score: number): Written => ({
  steps: [],
  stepScores: [score],
  answer: key,
  key,
  score,
});

describe("the choice among solutions", () => {
  it("goes by votes or by the sum of scores, each among the first alone", () => {
    const solutions = [voter("7", 0.1), voter("7", 0.2), voter("9", 0.9), voter("7", 0.9)];
    expect(choose(solutions, 3, "majority")).toEqual({ answer: "7", share: 2 / 3, index: 1 });
    expect(choose(solutions, 3, "weighted")).toMatchObject({ answer: "9", index: 2 });
    expect(choose(solutions, 4, "weighted")).toMatchObject({ answer: "7", index: 3 });
  });
});

describe("a solution that is typed", () => {
  it("becomes the steps that the models read, for every solution of the solver's problems", () => {
    for (const { steps } of heldOut) {
      const solution = solutionOf(steps);
      expect(written(typedLines(solution))).toBe(solution);
      expect(problemOfSolution(typedLines(solution))).toBeUndefined();
      expect(stepsOf(solution, steps)).toEqual(steps);
    }
  });

  it("may be shorter or longer than the right one, and have other signs and spaces", () => {
    const { steps } = madeProblem(readMade("20.a10.d3")!);
    expect(written(" 20 + 10=30 \n30 ÷ 3 = 10\n10 × 2 = 20\n20 − 5 = 15\n\n")).toBe(
      "20+10=30;30/3=10;10*2=20;20-5=15",
    );
    expect(stepsOf("20+10=30;30/3=10;10*2=20", steps)).toEqual([
      "Step 1: Now there are 20 + 10 = <<20+10=30>>30 marbles.",
      "Step 2: Now there are 30 / 3 = <<30/3=10>>10 marbles. The answer is: 10",
      "Step 3: Now there are 10 * 2 = <<10*2=20>>20 marbles. The answer is: 20",
    ]);
    expect(stepsOf("20+10=30", steps)).toHaveLength(1);
  });

  it.each([
    ["1 + 2 = 3\n\n3 + 1 = 4", /^Line 2 is empty\.$/],
    ["1 + two = 3", /^Line 1 has “two”, which is not a number/],
    ["1 + 2 = 3\n2 ^ 3 = 8", /^Line 2 has “\^”; the operators are \+ − \* \//],
    ["1 + 2", /^Line 1 is no calculation of two whole numbers such as 12 \+ 5 = 17/],
    ["1 + 2 = 3 = 3", /^Line 1 is no calculation/],
    ["1.5 + 2 = 3.5", /^Line 1 is no calculation of two whole numbers/],
    ["1234567 + 1 = 1234568", /^Line 1 is no calculation/],
    ["1 + 2 + 3 = 6", /^Line 1 is no calculation of two/],
    [`1 +${" ".repeat(40)}2 = 3`, /^Line 1 has more than 40 characters/],
    ["1+1=2\n".repeat(11), /^A solution may have 10 lines, and this has 11/],
    ["🦭 + 2 = 3", /^Line 1 has “🦭”; the operators are/],
  ])("is refused where it is none: %j", (text, said) => {
    expect(problemOfSolution(text)).toMatch(said);
  });

  it("is read from any address or refused, and then read the same", () => {
    expect(fields.solution.read("1 + 1=2\n")).toEqual({ value: "1+1=2" });
    expect(fields.solution.read("")).toEqual({ value: "" });
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789+-*/=;x \n") }), (text) => {
        const found = fields.solution.read(text);
        if ("value" in found) expect(written(typedLines(found.value))).toBe(found.value);
      }),
    );
  });
});

describe("a problem that is made", () => {
  it.each([
    ["20.d3.a5", "Step 1: 20 / 3 is no whole number."],
    ["20.a5.s25", "Step 2: 25 - 25 leaves nothing."],
    ["60.m5.m5", "Step 2: 300 * 5 is above 999, which no problem has that was learned from."],
    ["20.a10.d3.s4", undefined],
  ])("%s: %s", (text, said) => {
    expect(problemOfMade(readMade(text)!)).toBe(said);
    expect("value" in fields.made.read(text)).toBe(said === undefined);
  });

  it.each([
    "20",
    "20.a5",
    "4.a5.a5",
    "20.a1.a5",
    "20.m6.a5",
    "20.x5.a5",
    "20.a5.a-5",
    "20.a41.a5",
    `20${".a2".repeat(9)}`,
  ])("has no numbers, operators or lengths that were not learned from: %s", (text) => {
    expect(readMade(text)).toBeUndefined();
    expect(fields.made.read(text)).toHaveProperty("expected");
  });

  it("is written as it was read, solved, and its right lines score higher than spoiled ones", async () => {
    const made = "20.a10.d3.s4";
    expect(writeMade(readMade(made)!)).toBe(made);
    const asked = { seed: 1, problem: 24, made };
    const session = createSession();
    const [right] = await collect(
      session.look({ ...asked, solution: "20+10=30;30/3=10;10-4=6" }, signal),
    );
    expect(right!.exercise.answer).toBe("6");
    expect(right!.exercise.solutions).toHaveLength(32);
    const [spoiled] = await collect(
      session.look({ ...asked, solution: "20+10=30;30/3=12;12-4=8" }, signal),
    );
    expect(spoiled!.own[0]).toBe(right!.own[0]);
    expect(spoiled!.own[1]).toBeLessThan(right!.own[1]!);
    expect(spoiled!.own[2]).toBeLessThan(right!.own[2]!);
    const none = await collect(session.look({ ...asked, solution: "" }, signal));
    expect(none[0]!.own).toEqual([]);
  });
});

describe("the verifier's page", () => {
  it("has the problems that it says, none of which was learned from", () => {
    expect(heldOut).toHaveLength(PROBLEMS);
  });

  it("opens with a problem that votes get wrong, as it was recorded, and scores a solution as the solver's own", async () => {
    const { seed, index, exercise } = readRecorded<RecordedVerifier>("verifier");
    expect({ seed, problem: index + 1 }).toMatchObject({
      seed: INITIAL.seed,
      problem: INITIAL.problem,
    });
    const { solutions, answer } = exercise;
    expect(choose(solutions, INITIAL.n, "majority").answer).not.toBe(answer);
    expect(choose(solutions, INITIAL.n, "weighted").answer).toBe(answer);
    const { steps, stepScores } = solutions.at(-1)!;
    const asked = { seed, problem: INITIAL.problem, made: "", solution: solutionOf(steps) };
    const [found] = await collect(createSession().look(asked, signal));
    expect(found).toEqual({ exercise, own: stepScores });
  });
});
