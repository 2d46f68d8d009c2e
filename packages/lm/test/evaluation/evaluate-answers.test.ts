import { setBackend } from "@deepgrain/tensor-gpu";
import { beforeAll, describe, expect, it } from "vitest";
import type { CausalLM, Tokenizer } from "../../src";
import { deepgrain } from "../../src/ai-sdk";
import {
  type AnswerWriter,
  aiSdkWriter,
  evaluateAnswers,
  exactShare,
  modelWriter,
} from "../../src/evaluation";
import { knownModel } from "./known-model";

let model: CausalLM;
let tokenizer: Tokenizer;
beforeAll(async () => {
  setBackend("wasm");
  ({ model, tokenizer } = await knownModel());
});

const task = {
  name: "sums",
  kind: "answers" as const,
  prompt: "{{ q }} =",
  answer: "{{a}}",
  stop: ["\n"],
  maxNewTokens: 3,
};
const rows = [
  { q: "1 + 1", a: 2 },
  { q: "1 + 2", a: "aaa" },
];

async function evaluated(write: AnswerWriter, own: object = {}, more: object = {}) {
  const check = (answer: string, right: string) => answer === right;
  const events = evaluateAnswers(write, { ...task, ...own }, { rows, check, ...more });
  const found = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done) return { rows: found, summary: value };
    found.push(value);
  }
}

describe("evaluateAnswers", () => {
  it("checks what a model writes, and what the same model of the AI SDK writes", async () => {
    const { rows: found, summary } = await evaluated(modelWriter(model, tokenizer));
    expect(found).toEqual([
      { row: 0, answer: "aaa", isRight: false },
      { row: 1, answer: "aaa", isRight: true },
    ]);
    expect(summary.acc).toMatchObject({ correct: 1, total: 2, share: 0.5 });
    const chatty = (await knownModel("{{ messages[0].content }}")).tokenizer;
    const sdk = aiSdkWriter(deepgrain(model, chatty));
    expect((await evaluated(sdk)).rows).toEqual(found);
  });

  it("hands on prompt with solved rows, stops and length, and keeps rows in the journal", async () => {
    const asked: unknown[] = [];
    const write: AnswerWriter = async (prompt, { stop, maxNewTokens }) => {
      asked.push({ prompt, stop, maxNewTokens });
      return "2";
    };
    const kept: unknown[] = [];
    const journal = { before: [], append: async (row: unknown) => void kept.push(row) };
    const all = await evaluated(write, { shots: 1 }, { journal });
    expect(asked).toEqual([
      { prompt: "1 + 2 = aaa\n\n1 + 1 =", stop: ["\n"], maxNewTokens: 3 },
      { prompt: "1 + 1 = 2\n\n1 + 2 =", stop: ["\n"], maxNewTokens: 3 },
    ]);
    expect(kept).toEqual(all.rows);
    const again = await evaluated(
      write,
      { shots: 1 },
      { journal: { before: kept, append: async () => {} } },
    );
    expect(again).toEqual({ rows: [], summary: all.summary });
    expect(asked).toHaveLength(2);
  });

  it("needs a template where prompts are turns", async () => {
    await expect(evaluated(modelWriter(model, tokenizer, { chat: true }))).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
  });
});

describe("exactShare", () => {
  it.each([
    [0, 10, 0, 0.3085],
    [5, 10, 0.1871, 0.8129],
    [10, 10, 0.6915, 1],
    [81, 263, 0.2527, 0.3676],
  ])("gives Clopper and Pearson's interval of %i of %i", (correct, total, low, high) => {
    const { interval } = exactShare(correct, total);
    expect(interval[0]).toBeCloseTo(low, 3);
    expect(interval[1]).toBeCloseTo(high, 3);
  });

  it("covers the true share at least so often, by summing over all outcomes", () => {
    const n = 20;
    const intervals = Array.from({ length: n + 1 }, (_, k) => exactShare(k, n).interval);
    for (let p = 0.01; p < 1; p += 0.03) {
      let covered = 0;
      let chance = (1 - p) ** n;
      for (let k = 0; k <= n; k++) {
        if (intervals[k]![0] <= p && p <= intervals[k]![1]) covered += chance;
        chance *= ((n - k) / (k + 1)) * (p / (1 - p));
      }
      expect(covered).toBeGreaterThanOrEqual(0.95 - 1e-9);
    }
  });
});
