import { describe, expect, it } from "vitest";
import { type AnnotateOptions, annotate } from "../../src/annotate/annotate";
import type { AnnotateEvent } from "../../src/annotate/annotate-events";
import { createAnnotationStore } from "../../src/annotate/annotation-store";
import { betaInterval } from "../../src/annotate/beta-interval";
import { hardLabelAccuracy, recommendN } from "../../src/annotate/recommend-n";
import type { LabelledSolution } from "../../src/annotate/step-value";
import type { Completer } from "../../src/completers/completer";
import { meteredCompleter } from "../../src/completers/metered-completer";
import { createTokenLedger } from "../../src/completers/token-ledger";
import { PrmError } from "../../src/errors";
import type { Solution } from "../../src/solutions/solution";
import { splitSteps } from "../../src/solutions/solution";
import { generateProblem } from "../../src/world/generate-problem";
import { constantSolver, noisySolver } from "../../src/world/solvers";
import { firstWrongStep } from "../../src/world/step-truth";

/** The worked example of the paper: three completions of step 1, answers 24, 24, 20, gold 24. */
const example: Solution = {
  id: "a",
  problem: "p",
  steps: ["one", "two", "The answer is: 24"],
  gold: "24",
};
const answers = [24, 24, 20];
/** Completions of the first step as above, of others wrong; counts its calls. */
function exampleCompleter() {
  let asked = 0;
  const seedOrder = new Map<number, number>();
  const completer: Completer = async ({ steps }, { seeds }) => {
    asked += seeds.length;
    return seeds.map((seed) => {
      if (!seedOrder.has(seed)) seedOrder.set(seed, seedOrder.size);
      return `The answer is: ${steps.length === 1 ? answers[seedOrder.get(seed)! % 3] : 1}`;
    });
  };
  return { completer, asked: () => asked };
}

async function all(solutions: Iterable<unknown>, options: AnnotateOptions) {
  const events: AnnotateEvent[] = [];
  for await (const event of annotate(solutions, options)) events.push(event);
  return events;
}

async function labels(solutions: Iterable<unknown>, options: AnnotateOptions) {
  const events = await all(solutions, options);
  return events
    .flatMap((event) => (event.type === "solution-end" ? [event.result] : []))
    .sort((a, b) => a.id.localeCompare(b.id));
}

describe("annotate", () => {
  it("gives the values of the paper's example, hard and soft", async () => {
    const hard = await labels([example], { completer: exampleCompleter().completer, n: 3 });
    expect(hard[0]).toMatchObject({ values: [1, 0, 1], firstError: 1, isAnswerRight: true });
    const soft = await labels([example], {
      completer: exampleCompleter().completer,
      n: 3,
      mode: "soft",
    });
    expect(soft[0]!.values).toEqual([2 / 3, 0, 1]);
    const [low, high] = soft[0]!.estimates[0]!.interval!;
    expect(low).toBeCloseTo(betaInterval(2, 3).low, 12);
    expect(high).toBeCloseTo(betaInterval(2, 3).high, 12);
  });

  it("asks for N completions per step but the last, one seed each", async () => {
    const { completer, asked } = exampleCompleter();
    const events = await all([example], { completer, n: 3 });
    expect(asked()).toBe(6);
    expect(events.at(-1)).toEqual({
      type: "annotate-end",
      solutions: 1,
      rejected: 0,
      steps: 3,
      completions: 6,
      truncated: 0,
    });
    expect(events.filter(({ type }) => type === "step-end")).toHaveLength(3);
  });

  it("counts the completions that were cut at the token limit, stored ones too", async () => {
    const cut: Completer = async (_, { seeds }) =>
      seeds.map((_, i) => ({ text: "un", finishReason: i === 0 ? "length" : "stop" }));
    const store = createAnnotationStore();
    const record = { solution: "a", step: 0, text: "", answer: null, correct: false };
    await store.addCompletion({ ...record, index: 0, isTruncated: true });
    const options = { n: 3, callSize: 3, completer: cut, store };
    const events: AnnotateEvent[] = [];
    for await (const event of annotate([example], options)) events.push(event);
    expect(events.at(-1)).toMatchObject({ completions: 6, truncated: 3 });
    expect(store.result("a")!.estimates.map(({ truncated }) => truncated)).toEqual([
      2,
      1,
      undefined,
    ]);
  });

  it("stops early at the first hit without changing labels", async () => {
    const { completer, asked } = exampleCompleter();
    const [result] = await labels([example], { completer, n: 3, earlyStop: true });
    expect(result!.values).toEqual([1, 0, 1]);
    expect(asked()).toBe(4);
  });

  it("drops the steps after the first error", async () => {
    const { completer } = exampleCompleter();
    const [result] = await labels([example], { completer, n: 3, dropAfterFirstError: true });
    expect(result!.values).toEqual([1, 0, null]);
  });

  it("labels by a threshold on the share of hits", async () => {
    const { completer } = exampleCompleter();
    const [result] = await labels([example], { completer, n: 3, threshold: 0.7 });
    expect(result!.values).toEqual([0, 0, 1]);
  });

  it("rejects rows that are not solutions, with their number, and counts them", async () => {
    const { completer } = exampleCompleter();
    const rows = [
      example,
      { ...example, steps: [] },
      { ...example, id: "b", gold: "" },
      example,
      7,
    ];
    const events = await all([...rows, { ...example, id: "c", steps: ["x", " "] }], {
      completer,
      n: 1,
    });
    const rejects = events.flatMap((e) =>
      e.type === "solution-reject" ? [[e.row, e.error.message]] : [],
    );
    expect(rejects.map(([row]) => row)).toEqual([2, 3, 4, 5, 6]);
    expect(rejects.map(([, message]) => message)).toEqual([
      'prm/solution "a": there are no steps',
      'prm/solution "b": gold must be text',
      'prm/solution "a": the id occurs twice',
      "prm/solution without id: id must be text",
      'prm/solution "c": step 2 is empty or no text',
    ]);
    expect(events.at(-1)).toMatchObject({ solutions: 1, rejected: 5 });
  });

  it.each([
    [{ n: 0 }, /n must be/],
    [{ threshold: 1 }, /threshold/],
    [{ mode: "soft", earlyStop: true }, /earlyStop/],
    [{ mode: "soft", strategy: "binary" }, /binary strategy/],
    [{ mode: "medium" as "soft" }, /mode must be/],
    [{ strategy: "x" as "linear" }, /strategy must be/],
    [{ concurrency: 0 }, /concurrency/],
  ] as const)("refuses the settings %j", async (settings, message) => {
    const { completer } = exampleCompleter();
    await expect(all([example], { completer, ...settings })).rejects.toThrow(message);
  });

  it("passes on what a completer throws, and the abort reason", async () => {
    const broken: Completer = async () => {
      throw new PrmError("ERR_NETWORK", "gone");
    };
    await expect(all([example], { completer: broken })).rejects.toThrow("prm/gone");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(all([example], { completer: broken, signal })).rejects.toThrow("enough");
  });
});

describe("annotate at the end of its token budget", () => {
  it("stores the requests in flight, and asks for none of them again with a larger one", async () => {
    const solutions = Array.from({ length: 6 }, (_, i) => ({ ...example, id: `s${i}` }));
    const asked: number[] = [];
    const completer: Completer = async ({ steps }, { seeds, signal }) => {
      asked.push(...seeds);
      // Later requests take longer, so that some are in flight when another solution is out of budget.
      await new Promise((resolve) => setTimeout(resolve, 2 * asked.length));
      signal?.throwIfAborted();
      return seeds.map((seed) => ({
        text: `The answer is: ${(seed + steps.length) % 2 === 0 ? 24 : 1}`,
        promptTokens: 10,
        completionTokens: 5,
      }));
    };
    const store = createAnnotationStore();
    const run = (maxTokens: number) => {
      const ledger = createTokenLedger({ maxTokens });
      const metered = meteredCompleter(completer, ledger, 5);
      const settings = { n: 4, concurrency: 3, store };
      return { ledger, results: labels(solutions, { ...settings, completer: metered }) };
    };
    const short = run(200);
    await expect(short.results).rejects.toMatchObject({ code: "ERR_BUDGET" });
    expect(short.ledger.counts().requests).toBe(asked.length);
    expect(asked.length).toBeGreaterThan(1);
    const results = await run(100_000).results;
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked).toHaveLength(6 * 2 * 4);
    expect(results).toEqual(await labels(solutions, { completer, n: 4 }));
  });
});

const problems = Array.from({ length: 150 }, (_, seed) => generateProblem(seed, { steps: [3, 8] }));
const byText = new Map(problems.map((each) => [each.problem, each]));

async function worldSolutions(slip: number): Promise<Solution[]> {
  const solver = noisySolver(problems, { slip, recover: 0 });
  return Promise.all(
    problems.map(async ({ id, problem, answer }) => {
      const [made] = await solver({ problem, steps: [] }, { seeds: [3] });
      return { id, problem, steps: splitSteps((made as { text: string }).text), gold: answer };
    }),
  );
}

/** Share of right hard labels on all steps that completions label, and the share of good ones. */
function accuracyOf(results: readonly LabelledSolution[]) {
  let [right, good, total] = [0, 0, 0];
  for (const { problem, steps, values } of results) {
    const wrong = firstWrongStep(byText.get(problem)!, steps);
    for (let i = 0; i < steps.length - 1; i++) {
      const isGood = wrong < 0 || i < wrong;
      right += (values[i] === 1) === isGood ? 1 : 0;
      good += isGood ? 1 : 0;
      total++;
    }
  }
  return { accuracy: right / total, goodShare: good / total, total };
}

describe("hard labels of a completer with constant π and ρ", () => {
  it("are right as often as the closed form says, with the peak within one doubling of N*", async () => {
    const solutions = (await worldSolutions(0.2)).flatMap((each) =>
      [1, 2, 3, 4].map((copy) => ({ ...each, id: `${each.id}-${copy}` })),
    );
    const completer = constantSolver(problems, { goodHit: 0.5, badHit: 0.05 });
    const measured: { n: number; accuracy: number }[] = [];
    for (const n of [1, 2, 4, 8, 16, 32]) {
      const results = await labels(solutions, { completer, n, callSize: n, concurrency: 1 });
      const { accuracy, goodShare } = accuracyOf(results);
      const quality = { goodShare, goodHit: 0.5, badHit: 0.05 };
      expect(Math.abs(accuracy - hardLabelAccuracy(n, quality))).toBeLessThan(0.02);
      measured.push({ n, accuracy });
      if (n !== 32) continue;
      const best = measured.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
      const { peak } = recommendN(quality);
      expect(best.n).toBeGreaterThanOrEqual(peak / 2);
      expect(best.n).toBeLessThanOrEqual(peak * 2);
    }
  });
});

describe("binary search for the first error", () => {
  it("names the same step as brute force on nearly all wrong solutions, with fewer completions", async () => {
    const solutions = await worldSolutions(0.15);
    const completer = constantSolver(problems, { goodHit: 0.9, badHit: 0 });
    const binary = await all(solutions, { completer, strategy: "binary", concurrency: 2 });
    const linear = await all(solutions, { completer, concurrency: 2 });
    const errors = (events: AnnotateEvent[]) =>
      new Map(
        events.flatMap((e) =>
          e.type === "solution-end" && !e.result.isAnswerRight
            ? [[e.result.id, e.result.firstError] as const]
            : [],
        ),
      );
    const [found, expected] = [errors(binary), errors(linear)];
    const same = [...found].filter(([id, step]) => expected.get(id) === step).length;
    expect(same / found.size).toBeGreaterThanOrEqual(0.95);
    const cost = (events: AnnotateEvent[]) =>
      (events.at(-1) as { completions: number }).completions;
    expect(cost(binary)).toBeLessThan(cost(linear) / 2);
  });
});
