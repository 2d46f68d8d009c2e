import { stoppedByTimer } from "@deepgrain/vitest/stopped";
import { describe, expect, it } from "vitest";
import {
  annotate,
  beamSearch,
  type Completer,
  consensusFilter,
  dvts,
  evaluateProcessBench,
  labelStudy,
  nliValues,
  omegaTree,
  type StepScorer,
  sampleSolutions,
  verify,
} from "../../src";
import { createAnnotationStore } from "../../src/annotate/annotation-store";
import { StepRewardModel, scoreSamples } from "../../src/lm";
import { encodeSteps } from "../../src/lm/step-encoding";
import { evaluateStepRewards } from "../../src/lm/train-step-rewards";
import { asciiTokenizer, tinyLm } from "../support/tiny-lm";

/** A generator that answers without a wait, right at times, and never ends a solution by itself. */
const completer: Completer = async (_, { seeds }) =>
  seeds.map((seed) => (seed % 2 ? "#### 1" : "on\n#### 2"));
const scorer: StepScorer = async (_, steps) => steps.map(() => 0.5);
const many = 2000;
const solutions = Array.from({ length: many }, (_, i) => ({
  id: `s${i}`,
  problem: "p",
  steps: ["one", "two", "#### 1"],
  gold: "1",
}));
const endless: Completer = async (_, { seeds }) => seeds.map(() => "a further step");
const search = { completer: endless, scorer, n: 4, width: 2, maxSteps: many, separator: "\n" };
const rows = solutions.map(({ id, problem, steps }, i) => ({
  id,
  generator: "",
  problem,
  steps,
  label: i % 2 ? 1 : -1,
  final_answer_correct: true,
}));
const lines = Array.from({ length: 64 }, (_, i) => `step ${i}`).join("\n");
const tree = {
  completer: (async (_, { seeds }) =>
    seeds.map((seed) => (seed % 2 ? "#### 1" : lines))) as Completer,
  rollouts: 2,
  searchLimit: many,
  rolloutBudget: 1e6,
};
const texts = Array.from({ length: many }, (_, i) => `step ${i}`);

describe("a signal that a timer on the same thread raises", () => {
  it.each<[string, (signal: AbortSignal) => AsyncIterable<unknown> | Promise<unknown>]>([
    ["annotate", (signal) => annotate(solutions, { completer, signal })],
    ["beamSearch", (signal) => beamSearch("p", { ...search, signal })],
    ["dvts", (signal) => dvts("p", { ...search, signal })],
    ["labelStudy", (signal) => labelStudy(solutions, () => true, { completer, n: 2, signal })],
    ["nliValues", (signal) => nliValues(texts, [["other"]], { classify, signal })],
    ["omegaTree", (signal) => omegaTree("p", "1", { ...tree, signal })],
    ["evaluateProcessBench", (signal) => evaluateProcessBench(rows, scorer, { signal })],
    ["verify", (signal) => verify("p", { completer, scorer, n: many, signal })],
  ])("ends %s before its last item", async (_, run) => {
    const { error, reason, items } = await stoppedByTimer(run);
    expect(error).toBe(reason);
    expect(items).toBeLessThan(many);
  });

  it("ends sampleSolutions and consensusFilter before their last row", async () => {
    const questions = solutions.map(({ id, problem }) => ({ id, problem, answer: "1" }));
    const sampled = await stoppedByTimer((signal) =>
      sampleSolutions(questions, { completer, n: 1, signal }),
    );
    expect(sampled.error).toBe(sampled.reason);
    expect(sampled.items).toBeLessThan(many);
    const store = createAnnotationStore();
    for await (const _ of annotate(solutions.slice(0, 50), { completer, store }));
    const results = solutions.slice(0, 50).map(({ id }) => store.result(id)!);
    const judged = await stoppedByTimer((signal) =>
      consensusFilter(results, { judge: async () => -1, signal }),
    );
    expect(judged.error).toBe(judged.reason);
    expect(judged.items).toBeLessThan(50);
  });

  it("ends an annotation whose results are all stored", async () => {
    const store = createAnnotationStore();
    for await (const _ of annotate(solutions, { completer, store }));
    const { error, reason } = await stoppedByTimer((signal) =>
      annotate(solutions, { completer, store, signal }),
    );
    expect(error).toBe(reason);
  });

  it("ends scoreSamples and evaluateStepRewards before their last batch", async () => {
    const model = new StepRewardModel(tinyLm(1));
    const row = { problem: "p", steps: ["1+1=2"], labels: [1] };
    const samples = Array.from({ length: 200 }, () => encodeSteps(row, asciiTokenizer.encode));
    let done = 0;
    const onProgress = (count: number) => {
      done = count;
    };
    const options = { batchSize: 1, onProgress };
    const scored = await stoppedByTimer((signal) =>
      scoreSamples(model, samples, { ...options, signal }),
    );
    expect(scored.error).toBe(scored.reason);
    expect(done).toBeLessThan(200);
    const measured = await stoppedByTimer((signal) =>
      evaluateStepRewards(model, samples, { batchSize: 1, signal }),
    );
    expect(measured.error).toBe(measured.reason);
    model.dispose();
  });
});

const classify = async () => ({ entailment: 0, neutral: 1, contradiction: 0 });

describe("two annotations at once", () => {
  it("give the labels that each gives alone", async () => {
    const labels = async (seed: number) => {
      const own = solutions.slice(0, 40);
      const found = new Map<string, readonly (number | null)[]>();
      for await (const event of annotate(own, { completer, n: 3, mode: "soft", seed }))
        if (event.type === "solution-end") found.set(event.result.id, event.result.values);
      return own.map(({ id }) => found.get(id));
    };
    const alone = [await labels(1), await labels(2)];
    expect(await Promise.all([labels(1), labels(2)])).toEqual(alone);
  });
});
