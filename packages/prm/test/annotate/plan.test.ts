import { describe, expect, it } from "vitest";
import { annotate } from "../../src/annotate/annotate";
import { plan, workloadOf } from "../../src/annotate/plan";
import type { Completer } from "../../src/completers/completer";

describe("plan", () => {
  it("says what the paper's annotation takes: 440,000 solutions of about six steps, N = 8", () => {
    const made = plan(new Map([[6, 440_000]]), {
      workers: 10,
      tokensPerSecond: 2500,
      pricePerMillion: { prompt: 0.1, completion: 0.4 },
    });
    expect(made.completions).toBe(440_000 * 5 * 8);
    expect(made.completionTokens).toBe(440_000 * 8 * 30 * (5 + 4 + 3 + 2 + 1));
    expect(made.promptTokens).toBe(440_000 * 8 * (5 * 100 + 30 * (1 + 2 + 3 + 4 + 5)));
    expect(made.hours).toBeCloseTo(made.completionTokens / 25_000 / 3600, 9);
    expect(made.cost).toBeCloseTo((made.promptTokens * 0.1 + made.completionTokens * 0.4) / 1e6, 9);
  });

  it("agrees with a run", async () => {
    const solutions = [2, 3, 5, 1].map((count, i) => ({
      id: String(i),
      problem: "p",
      steps: Array.from({ length: count }, (_, k) => `step ${k}`),
      gold: "1",
    }));
    let [completions, promptTokens] = [0, 0];
    const completer: Completer = async ({ steps }, { seeds }) => {
      completions += seeds.length;
      promptTokens += seeds.length * (100 + 30 * steps.length);
      return seeds.map(() => "no");
    };
    for await (const event of annotate(solutions, { completer, n: 3 }))
      if (event.type === "annotate-end") expect(event.completions).toBe(completions);
    const made = plan(workloadOf(solutions), { n: 3 });
    expect(made).toMatchObject({ solutions: 4, steps: 11, completions, promptTokens });
    const search = plan(workloadOf(solutions), { n: 3, strategy: "binary" });
    completions = 0;
    for await (const _ of annotate(solutions, { completer, n: 3, strategy: "binary" }));
    expect(completions).toBeLessThanOrEqual(search.completions);
  });

  it("expects fewer completions with early stop and a hit rate", () => {
    const made = plan(new Map([[2, 10]]), { n: 8, earlyStop: true, hitRate: 0.5 });
    expect(made.completions).toBe(80);
    expect(made.expectedCompletions).toBeCloseTo(10 * 2 * (1 - 0.5 ** 8), 9);
  });

  it("refuses numbers out of range", () => {
    expect(() => plan(new Map(), { callSize: 0 })).toThrow(/callSize/);
    expect(() => plan(new Map([[0, 1]]))).toThrow(/steps of a solution/);
    expect(() => plan(new Map(), { tokensPerSecond: 0 })).toThrow(/tokensPerSecond/);
    expect(() => plan(new Map(), { hitRate: 0 })).toThrow(/hitRate/);
  });

  it("says what several completions per request save", () => {
    const one = plan(new Map([[3, 10]]), { n: 8 });
    const eight = plan(new Map([[3, 10]]), { n: 8, callSize: 8 });
    expect(one).toMatchObject({ requests: 160, savedPromptTokens: 0 });
    expect(eight).toMatchObject({ requests: 20, completions: 160 });
    expect(eight.promptTokens).toBe(one.promptTokens / 8);
    expect(eight.savedPromptTokens).toBe((one.promptTokens * 7) / 8);
    expect(plan(new Map([[3, 10]]), { n: 8, callSize: 3 }).requests).toBe(60);
  });
});
