import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRecorded } from "../../src/site/read-recorded";
import { choose, type Written } from "../../src/verifier/choose";
import type { RecordedVerifier } from "../../src/verifier/recorded";
import { heldOut } from "../../src/verifier/school";
import { createSession } from "../../src/verifier/session";
import { PROBLEMS } from "../../src/verifier/state";
import { annotated, problemOf, readable } from "../../src/verifier/steps";

const { signal } = new AbortController();

const written = (key: string, score: number): Written => ({
  steps: [],
  stepScores: [score],
  answer: key,
  key,
  score,
});

describe("the choice among solutions", () => {
  it("goes by votes or by the sum of scores, each among the first alone", () => {
    const solutions = [written("7", 0.1), written("7", 0.2), written("9", 0.9), written("7", 0.9)];
    expect(choose(solutions, 3, "majority")).toEqual({ answer: "7", share: 2 / 3, index: 1 });
    expect(choose(solutions, 3, "weighted")).toMatchObject({ answer: "9", index: 2 });
    expect(choose(solutions, 4, "weighted")).toMatchObject({ answer: "7", index: 3 });
  });
});

describe("a step as one reads it", () => {
  it("becomes the step that the models read, for every step of the solver", () => {
    for (const { steps } of heldOut)
      for (const step of steps) expect(annotated(readable(step))).toBe(step);
  });

  it("may be any words of some length", () => {
    expect(problemOf(" ")).toMatch(/needs some words/);
    expect(problemOf("x".repeat(201))).toMatch(/200 characters/);
    expect(problemOf("x".repeat(200))).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        expect(annotated(text).length).toBeGreaterThanOrEqual(text.length - 5);
      }),
    );
  });
});

describe("the verifier's page", () => {
  it("has the problems that it says, none of which was learned from", () => {
    expect(heldOut).toHaveLength(PROBLEMS);
  });

  it("opens with a problem that votes get wrong, as it was recorded, and a spoiled step scores less", async () => {
    const { seed, index, exercise } = readRecorded<RecordedVerifier>("verifier");
    const session = createSession();
    for await (const found of session.open({ seed, index }, signal))
      expect(found).toEqual(exercise);
    const { solutions, answer, problem } = exercise;
    expect(choose(solutions, 16, "majority").answer).not.toBe(answer);
    expect(choose(solutions, 16, "weighted").answer).toBe(answer);
    const { steps, stepScores } = solutions.find((one) => one.answer === answer)!;
    const spoiled = [...steps];
    spoiled[1] = annotated(readable(steps[1]!).replace(/= (-?\d+)/, "= 999"));
    for await (const scores of session.score({ seed, problem, steps: spoiled }, signal)) {
      expect(scores[0]).toBe(stepScores[0]);
      expect(scores[1]).toBeLessThan(stepScores[1]!);
    }
  });
});
