/** @file Tables of runs that are fitted, and tasks that a model is evaluated on. */
import fc from "fast-check";
import { withFetch } from "../fetch";
import { inFile, inFolder, NEXT, partsOf, recordText, rowsText } from "../folder";
import type { Generator } from "../generator";
import { evaluate, fitOf, runsOf } from "../inside-commands";
import { count, manyLines } from "./json-values";

const json = JSON.stringify;
const { signal } = new AbortController();
const silent = { progress: { note: () => undefined }, resolve: (path: string) => path };
const table = (rows: readonly (readonly string[])[], separator: string) =>
  rows.map((row) => row.join(separator)).join("\n");

/** Runs on three budgets, as many sizes each. */
const sweep = (sizes: number) =>
  [1e17, 3e17, 1e18].flatMap((flops) =>
    count(sizes).map((i) => {
      const model = Math.sqrt(flops) * 2 ** ((8 * (i + 0.5)) / sizes - 4);
      const tokens = flops / model;
      return { flops, model, tokens, loss: 1.5 + 300 / model ** 0.35 + 300 / tokens ** 0.35 };
    }),
  );
const csv = (rows: readonly object[]) =>
  table([Object.keys(rows[0]!), ...rows.map((row) => Object.values(row).map(String))], ",");
const exported = (n: number) =>
  csv(sweep(Math.ceil(n / 3)).map((row, i) => ({ Name: `run ${i}`, State: "finished", ...row })));
const fitting = {
  minBudgets: 2,
  minSizes: 4,
  band: 0.0025,
  confidence: 0.95,
  resamples: 10,
  seed: 0,
};

/** Reads a table of runs, and fits what a small one has. */
const fitted = (text: string) =>
  inFile("runs.csv", text, async (path) => {
    const runs = await runsOf({ ...fitting, runs: path } as never, silent as never);
    if (runs.length < 64) fitOf(runs, fitting as never);
  });

const choices = {
  name: "a",
  kind: "choices",
  prompt: "{{q}}:",
  choices: ["yes", "no"],
  answer: "a",
  shots: 1,
};
const written = {
  name: "a",
  kind: "answers",
  prompt: "{{ q }}",
  answer: "{{a}}",
  stop: ["\n"],
  shots: 1,
};
const question = (i: number) => ({ q: `q${i}`, a: i % 2 ? "yes" : "no" });
const questions = rowsText(fc.nat(3).map(question), fc.constant(question(0))).map(
  (text) => text + manyLines(2, question),
);

/** Echoes a prompt, with as many log-probabilities as it has characters. */
const echo: typeof fetch = async (_, init) => {
  const { prompt = "" } = JSON.parse(String(init?.body));
  const token_logprobs = Array.from(String(prompt), () => -1);
  const choice = {
    index: 0,
    text: String(prompt),
    finish_reason: "stop",
    logprobs: { token_logprobs },
  };
  return new Response(
    json({ choices: [choice], usage: { prompt_tokens: 1, completion_tokens: 1 } }),
  );
};
const flags = {
  endpoint: "http://127.0.0.1:9/v1",
  endpointModel: "m",
  seed: 0,
  chat: false,
  json: true,
};

/** Evaluates a task's text on rows, by a server that echoes. */
const evaluated = (text: string) => {
  const [task = "", rows = ""] = partsOf(text);
  return inFolder({ "task.json": task, "rows.jsonl": rows }, (folder) => {
    const files = { tasks: `${folder}/task.json`, data: `${folder}/rows.jsonl` };
    const bar = { update: () => undefined, end: () => undefined };
    const context = {
      signal,
      write: () => undefined,
      assertOutputs: async () => undefined,
      progress: { note: () => undefined, task: () => bar },
    };
    return withFetch(echo, () => evaluate({ ...flags, ...files } as never, context as never));
  });
};

export const measuredGenerators: readonly Generator[] = [
  {
    door: "fitOf",
    form: "text",
    valid: fc.constantFrom(6, 8).map((sizes) => csv(sweep(sizes))),
    read: fitted,
    orders: {
      rows: (n) => csv(sweep(Math.ceil(n / 3))),
      "an export": exported,
    },
  },
  {
    door: "evaluate",
    form: "text",
    valid: fc
      .tuple(recordText(fc.constantFrom(choices, written)), questions)
      .map((parts) => parts.join(NEXT)),
    read: evaluated,
    orders: {
      rows: (n) => json(choices) + NEXT + manyLines(n, question),
      "choices that are equal": (n) =>
        json({ ...choices, choices: [...count(n).map(String), "0"] }) + NEXT,
      "blanks in braces": (n) =>
        json({ ...written, prompt: `{{${" ".repeat(n)}` }) + NEXT + manyLines(3, question),
    },
    from: 128,
  },
];
