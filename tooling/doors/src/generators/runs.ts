/** @file Records of runs and tables of them. */
import { parseLaw, parseRuns, publishedLaws, runFromFolder } from "@deepgrain/scaling-laws";
import { readProfile } from "@deepgrain/watermark";
import fc from "fast-check";
import type { Generator } from "../generator";
import { parseRecord } from "../inside";
import { anyJson, count, lines, manyLines } from "./json-values";

const run = (i: number) => ({ params: 1e6 * (i + 1), tokens: 2e7, loss: 3 + 1 / (i + 1) });
const measured = (i: number) => ({
  stage: "pretrain",
  type: i % 8 === 0 ? "eval-end" : "step-end",
  step: i,
  loss: 3,
  tokens: 256,
});
const base = {
  model_type: "llama",
  vocab_size: 31,
  hidden_size: 8,
  intermediate_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
};

const folder = (records: string) => ({
  "metrics.jsonl": records,
  "config.json": JSON.stringify({ seed: 1, pretrain: { sequenceLength: 64 } }),
  "base/config.json": JSON.stringify(base),
});

const csv = (n: number) =>
  `params,tokens,loss\n${count(n)
    .map((i) => Object.values(run(i)).join(","))
    .join("\n")}\n`;

export const runGenerators: readonly Generator[] = [
  {
    door: "parseRecord",
    form: "text",
    valid: fc.nat(9).map((i) => JSON.stringify(measured(i))),
    read: (text: string) => text.split("\n").map(parseRecord),
    orders: { rows: (n) => manyLines(n, measured) },
  },
  {
    door: "parseLaw",
    form: "text",
    valid: anyJson.map((more) => JSON.stringify({ ...publishedLaws.deepseek.law, more })),
    read: (text: string) => parseLaw(text),
    orders: {
      keys: (n) => JSON.stringify(Object.fromEntries(count(n).map((i) => [`k${i}`, i]))),
    },
  },
  {
    door: "runFromFolder",
    form: "text",
    valid: fc.integer({ min: 9, max: 20 }).map((n) => manyLines(n, measured)),
    read: (text: string) => runFromFolder(folder(text)),
    orders: {
      rising: (n) => manyLines(n, measured),
      falling: (n) => manyLines(n, (i) => measured(n - i)),
    },
  },
  {
    door: "parseRuns",
    form: "text",
    valid: fc.oneof(lines(fc.nat(9).map(run)), fc.nat(5).map(csv)),
    read: (text: string) => parseRuns(text),
    orders: { csv, "JSON lines": (n) => manyLines(n, run) },
  },
  {
    door: "readProfile",
    form: "json",
    valid: fc.record({
      scheme: fc.constantFrom("kgw", "mpac"),
      vocab_size: fc.integer({ min: 2, max: 99 }),
    }),
    read: (json: never) => readProfile(json),
    orders: {
      keys: (n) => ({
        scheme: "kgw",
        vocab_size: 64,
        ...Object.fromEntries(count(n).map((i) => [`k${i}`, i])),
      }),
      "a long list": (n) => ({ scheme: "synthid", vocab_size: 64, keys: count(n) }),
    },
  },
];
