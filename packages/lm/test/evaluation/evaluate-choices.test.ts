import { setBackend } from "@deepgrain/tensor-gpu";
import { beforeAll, describe, expect, it } from "vitest";
import { type CausalLM, LmError, type Tokenizer } from "../../src";
import {
  type ChoiceScorer,
  endpointScorer,
  evaluateChoices,
  modelScorer,
  parseTask,
} from "../../src/evaluation";
import { knownModel } from "./known-model";

let model: CausalLM;
let tokenizer: Tokenizer;
beforeAll(async () => {
  setBackend("wasm");
  ({ model, tokenizer } = await knownModel());
});

const task = {
  name: "letters",
  kind: "choices" as const,
  prompt: "{{q}}:",
  choices: ["aaa", "b"],
  answer: "label",
};
const rows = [
  { q: "a", label: 0 },
  { q: "b", label: "b" },
  { q: "ab", label: 0 },
];

async function evaluated(
  score: ChoiceScorer,
  own: typeof task,
  options: Parameters<typeof evaluateChoices>[2],
) {
  const events = evaluateChoices(score, own, options);
  const found = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done) return { rows: found, summary: value };
    found.push(value);
  }
}

const [a, b, space] = [Math.log(3 / 6), Math.log(2 / 6), Math.log(1 / 6)];

describe("evaluateChoices", () => {
  it("gives the sums of a model of known logits, raw and per byte, which pick different choices", async () => {
    const { rows: found, summary } = await evaluated(modelScorer(model, tokenizer), task, { rows });
    for (const { logLikelihoods, likeliest, likeliestPerByte } of found) {
      expect(logLikelihoods[0]).toBeCloseTo(space + 3 * a, 4);
      expect(logLikelihoods[1]).toBeCloseTo(space + b, 4);
      expect([likeliest, likeliestPerByte]).toEqual([1, 0]); // −2.89 over −3.87; −1.29 over −2.89 per byte
    }
    expect(summary.acc).toMatchObject({ correct: 1, total: 3 });
    expect(summary.accNorm).toMatchObject({ correct: 2, total: 3 });
    expect(summary.acc.interval[0]).toBeCloseTo(0.0084, 4);
    expect(summary.acc.interval[1]).toBeCloseTo(0.9057, 4);
    expect(summary.truncated).toBe(0);
  });

  it("divides by bytes of UTF-8 without the delimiter, and takes choices from rows", async () => {
    const score: ChoiceScorer = async (_, list) => {
      expect(list).toEqual([" é", " aa"]);
      return { logLikelihoods: [-3, -4], isTruncated: false };
    };
    const own = { ...task, choices: "options" as never };
    const { rows: found } = await evaluated(score, own, {
      rows: [{ q: 1, options: ["é", "aa"], label: 1 }],
    });
    expect(found[0]).toMatchObject({ likeliest: 0, likeliestPerByte: 0, right: 1 });
  });

  it("puts solved rows before, drawn by a seed, never the row itself", async () => {
    const contexts: string[] = [];
    const score: ChoiceScorer = async (context) => {
      contexts.push(context);
      return { logLikelihoods: [0, -1], isTruncated: false };
    };
    const many = Array.from({ length: 12 }, (_, i) => ({ q: `q${i}`, label: i % 2 }));
    const own = { ...task, shots: 3 };
    await evaluated(score, own, { rows: many, seed: 5 });
    const first = [...contexts];
    for (const [i, context] of first.entries()) {
      const parts = context.split("\n\n");
      expect(parts).toHaveLength(4);
      expect(parts[3]).toBe(`q${i}:`);
      for (const part of parts.slice(0, 3)) {
        const [, k] = /^q(\d+): (?:aaa|b)$/.exec(part)!;
        expect(Number(k)).not.toBe(i);
        expect(part).toBe(`q${k}: ${Number(k) % 2 ? "b" : "aaa"}`);
      }
      expect(new Set(parts).size).toBe(4);
    }
    contexts.length = 0;
    await evaluated(score, own, { rows: many, seed: 5 });
    expect(contexts).toEqual(first);
    contexts.length = 0;
    await evaluated(score, own, { rows: many, seed: 6, shotRows: many.slice(0, 3) });
    expect(contexts).not.toEqual(first);
    await expect(evaluated(score, own, { rows })).rejects.toThrow("3 solved rows are needed");
  });

  it("goes on after the rows of a journal", async () => {
    const kept: never[] = [];
    const score = modelScorer(model, tokenizer);
    const whole = await evaluated(score, task, {
      rows,
      journal: { before: [], append: async (row) => void kept.push(row as never) },
    });
    const rest = await evaluated(score, task, {
      rows,
      journal: { before: kept.slice(0, 2), append: async () => {} },
    });
    expect(rest.rows).toEqual(whole.rows.slice(2));
    expect(rest.summary).toEqual(whole.summary);
  });

  it("cuts the beginning of a prompt that does not fit, and refuses a choice that does not", async () => {
    const score = modelScorer(model, tokenizer);
    const long = await evaluated(score, task, { rows: [{ q: "a".repeat(100), label: 0 }] });
    expect(long.summary.truncated).toBe(1);
    expect(long.rows[0]!.logLikelihoods[1]).toBeCloseTo(space + b, 4);
    const own = { ...task, choices: ["a".repeat(80), "b"] };
    await expect(evaluated(score, own, { rows })).rejects.toMatchObject({ code: "ERR_RANGE" });
  });
});

describe("endpointScorer", () => {
  const server = (answer: (body: { prompt: string; max_tokens: number }) => [number, object]) =>
    endpointScorer({
      baseUrl: "http://127.0.0.1:1/v1/",
      model: "m",
      key: "secret",
      fetch: async (_, init) => {
        const [status, body] = answer(JSON.parse(String(init?.body)));
        return Response.json(body, { status });
      },
    });
  const scored = (prompt: string, more = "") => ({
    choices: [
      {
        text: prompt + more,
        logprobs: {
          token_logprobs: Array.from(prompt + more, (c, i) =>
            i === 0 ? null : c === "b" ? -1 : -2,
          ),
        },
      },
    ],
    usage: { prompt_tokens: prompt.length },
  });

  it("sums what echo tells of a choice's tokens, from servers that write a token at least too", async () => {
    for (const least of [0, 1]) {
      const score = server(({ prompt, max_tokens }) =>
        max_tokens < least
          ? [400, { error: { message: "max_tokens" } }]
          : [200, scored(prompt, "b".repeat(max_tokens))],
      );
      const { rows: found } = await evaluated(score, task, { rows });
      expect(found[0]!.logLikelihoods).toEqual([-8, -3]);
    }
  });

  it.each([
    [
      "no log-probabilities",
      { choices: [{ text: "a:", logprobs: null }] },
      "does not return echo with logprobs",
    ],
    [
      "no echo",
      { choices: [{ text: "", logprobs: { token_logprobs: [] } }] },
      "does not return echo with logprobs",
    ],
    ["nothing", {}, "does not return echo with logprobs"],
    ["no list of choices", { choices: {} }, "does not return echo with logprobs"],
  ])("refuses an endpoint with %s by name", async (_, body, message) => {
    const error = await evaluated(
      server(() => [200, body]),
      task,
      { rows },
    ).catch((e) => e);
    expect(error).toMatchObject({ code: "ERR_MISSING" });
    expect(error.message).toContain(message);
    expect(error.message).toContain("http://127.0.0.1:1/v1/completions");
    expect(error.message).not.toContain("secret");
  });

  it.each([
    ["a text among its numbers", "", [null, "-1", -1]],
    ["more than 64 MiB", " ".repeat(2 ** 26), [null, -1, -1]],
  ])("refuses an endpoint that sends %s", async (_, more, token_logprobs) => {
    const score = server(({ prompt }) => [
      200,
      { choices: [{ text: prompt + more, logprobs: { token_logprobs } }] },
    ]);
    await expect(evaluated(score, task, { rows })).rejects.toMatchObject({ code: "ERR_MISSING" });
  });

  it("says what an endpoint that refuses or fails says", async () => {
    const refusing = server(() => [400, { error: { message: "no echo here" } }]);
    await expect(evaluated(refusing, task, { rows })).rejects.toThrow(
      "refuses echo with logprobs: no echo here",
    );
    const failing = server(() => [500, {}]);
    await expect(evaluated(failing, task, { rows })).rejects.toMatchObject({ code: "ERR_IO" });
  });
});

describe("a task or a row", () => {
  it.each([
    [{ ...task, choices: ["a", "b", "a"] }, 't.json: choices 0 and 2 are equal: "a"'],
    [{ ...task, choices: ["a", ""] }, "t.json: choice 1 is empty"],
    [{ ...task, choices: ["a"] }, "t.json: two choices are needed at least, got 1"],
    [{ ...task, choices: [] }, "two choices are needed"],
    [{ ...task, choice: 1 }, "t.json: choice is no key of a task of choices"],
    [{ ...task, stop: ["a"] }, "t.json: stop is no key of a task of choices"],
    [{ ...task, kind: "answers" }, "t.json: choices is no key of a task of answers"],
    [{ ...task, kind: "quiz" }, "t.json: kind must be choices or answers"],
    [{ ...task, prompt: 1 }, "t.json: prompt must be a text"],
    [{ ...task, shots: -1 }, "t.json: shots must be a whole number of at least 0"],
    [[], "t.json: a task must be an object"],
  ])("is refused with file and key: %j", (value, message) => {
    expect(() => parseTask(value, "t.json")).toThrow(message);
    expect(() => parseTask(value, "t.json")).toThrow(LmError);
  });

  it.each([
    [{ label: 0 }, "d.jsonl: line 1: the row has no text or number q", "q"],
    [{ q: "x" }, "d.jsonl: line 1: the row has no text or number label", "label"],
    [{ q: "x", label: 2 }, "d.jsonl: line 1: label must be a choice or its place, got 2", "label"],
    [
      { q: "x", label: "c" },
      'd.jsonl: line 1: label must be a choice or its place, got "c"',
      "label",
    ],
    [{ q: ["x"], label: 0 }, "d.jsonl: line 1: the row has no text or number q", "q"],
  ])("is refused with file, row and key: %j", async (row, message, key) => {
    const score = modelScorer(model, tokenizer);
    const rowName = (i: number) => `d.jsonl: line ${i + 1}`;
    const error = await evaluated(score, task, { rows: [row], rowName }).catch((e) => e);
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ code: "ERR_FORMAT", fields: { key } });
  });

  it("with choices of its own that are equal is refused with its place", async () => {
    const own = { ...task, choices: "options" as never };
    const bad = [{ q: "x", label: 0, options: ["a", "a"] }];
    await expect(evaluated(modelScorer(model, tokenizer), own, { rows: bad })).rejects.toThrow(
      'row 0: options: choices 0 and 1 are equal: "a"',
    );
  });
});
