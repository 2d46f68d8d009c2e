import { expect, it } from "vitest";
import { parseProblem, parseSteps } from "../../src";

it("reads problems with their answers, and names what is wrong", () => {
  expect(parseProblem({ problem: "1 + 1?", answer: "2" })).toEqual({
    problem: "1 + 1?",
    answer: "2",
  });
  expect(() => parseProblem(null)).toThrow("problem must be text");
  expect(() => parseProblem({ problem: "a", id: 3 })).toThrow("id must be text");
});

it("reads steps as a list, or as the lines of a solution", () => {
  expect(parseSteps({ problem: "a", steps: ["b"] })).toEqual({ problem: "a", steps: ["b"] });
  expect(parseSteps({ problem: "a", solution: "b\n\nc" }).steps).toEqual(["b", "c"]);
  expect(() => parseSteps({ problem: "a", steps: [] })).toThrow("steps must be a list");
  expect(() => parseSteps({ steps: ["a"] })).toThrow("problem must be text");
});
