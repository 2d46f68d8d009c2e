import { describe, expect, it } from "vitest";
import type { Completer } from "../../src/completers/completer";
import { beamSearch } from "../../src/search/beam-search";
import { dvts } from "../../src/search/dvts";
import { generateProblem } from "../../src/world/generate-problem";
import { noisySolver } from "../../src/world/solvers";
import { firstWrongStep } from "../../src/world/step-truth";

const problems = Array.from({ length: 12 }, (_, seed) => generateProblem(seed, { steps: [5, 6] }));
const completer = noisySolver(problems, { slip: 0.3, recover: 0 });
const byText = new Map(problems.map((each) => [each.problem, each]));
/** Knows the truth. */
const scorer = async (problem: string, steps: readonly string[]) => {
  const wrong = firstWrongStep(byText.get(problem)!, steps);
  return steps.map((_, i) => (wrong < 0 || i < wrong ? 0.9 : 0.1));
};
const options = { completer, scorer, separator: "\n", n: 8, width: 4 };

describe("search over steps", () => {
  it.each([
    ["beam search", beamSearch],
    ["DVTS", dvts],
  ])("by %s with a perfect scorer solves what single samples mostly do not", async (_, search) => {
    let [solved, alone] = [0, 0];
    for (const { problem, answer } of problems) {
      const { solutions } = await search(problem, options);
      if (solutions[0]!.answer === answer) solved++;
      const [single] = await completer({ problem, steps: [] }, { seeds: [1] });
      if ((single as { text: string }).text.endsWith(` ${answer}`)) alone++;
    }
    expect(solved).toBeGreaterThanOrEqual(11);
    expect(alone).toBeLessThan(6);
  });

  it("gives up to n solutions by beams, best first, and one per subtree by DVTS", async () => {
    const beams = await beamSearch(problems[0]!.problem, options);
    const scores = beams.solutions.map(({ score }) => score!);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(beams.solutions.length).toBeLessThanOrEqual(8);
    const trees = await dvts(problems[0]!.problem, options);
    expect(trees.solutions).toHaveLength(2);
    expect(trees.stepsWritten).toBe(8 * trees.solutions[0]!.steps.length);
  });

  it("is repeatable and reports progress", async () => {
    const steps: number[] = [];
    const onProgress = ({ step }: { step: number }) => steps.push(step);
    const first = await beamSearch(problems[1]!.problem, { ...options, onProgress });
    expect(await beamSearch(problems[1]!.problem, options)).toEqual(first);
    expect(steps).toEqual(steps.map((_, i) => i + 1));
  });

  it("cuts what a completer writes beyond a step, and stops at maxSteps and at empty steps", async () => {
    const talker: Completer = async (_, { seeds }) => seeds.map(() => "one\ntwo\nthree");
    const flat = async (_: string, steps: readonly string[]) => steps.map(() => 0.5);
    const long = await dvts("p", { ...options, completer: talker, scorer: flat, maxSteps: 3 });
    expect(long.solutions[0]!.steps).toEqual(["one", "one", "one"]);
    const mute: Completer = async (_, { seeds }) => seeds.map(() => "");
    const empty = await beamSearch("p", { ...options, completer: mute, scorer: flat });
    expect(empty.solutions[0]).toMatchObject({ steps: [], answer: null, score: null });
  });

  it("looks ahead for scoring only", async () => {
    const { solutions, stepsWritten } = await dvts(problems[2]!.problem, {
      ...options,
      lookahead: 2,
    });
    const plain = await dvts(problems[2]!.problem, options);
    expect(solutions[0]!.steps).toHaveLength(plain.solutions[0]!.steps.length);
    expect(stepsWritten).toBeGreaterThan(plain.stepsWritten);
  });

  it("refuses an n that is not a multiple of the width, and an empty separator", async () => {
    await expect(beamSearch("p", { ...options, n: 6 })).rejects.toThrow(/multiple of width/);
    await expect(dvts("p", { ...options, separator: "" })).rejects.toThrow(/separator/);
  });
});
