/** @file Rows, tables, arrays and graphs. */
import { parsePreferences } from "@deepgrain/align";
import { readTasks } from "@deepgrain/coder";
import { jsonlRecords, parseCsv, parseIdx, parseJsonl, parsePlanetoid } from "@deepgrain/datasets";
import { intentMatch, parseExpertConfig, parseTrainRecords } from "@deepgrain/esft";
import { readRows } from "@deepgrain/prm";
import fc from "fast-check";
import type { Generator } from "../generator";
import { anyJson, count, lines, manyLines, word } from "./json-values";

const consume = async (rows: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of rows);
};

/** Text in pieces of a few characters, as a stream brings it. */
const pieces = (text: string, size: number) =>
  count(Math.ceil(text.length / size)).map((i) => text.slice(size * i, size * (i + 1)));

const pair = (prompt: string, i: number) => ({ prompt, chosen: `a${i}`, rejected: `b${i}` });
const task = (i: number) => ({
  id: `t${i}`,
  prompt: "Add.",
  language: "js",
  tests: [{ call: "add", arguments: [1, i], equals: 3 }],
});
const conversation = (i: number) => ({
  id: i,
  messages: [
    { role: "user", content: `question ${i}` },
    { role: "assistant", content: "answer" },
  ],
});

const idx = (sides: readonly number[]) => {
  const head = new Uint8Array(4 + 4 * sides.length);
  head.set([0, 0, 8, sides.length]);
  const view = new DataView(head.buffer);
  for (const [i, side] of sides.entries()) view.setUint32(4 + 4 * i, side);
  const size = sides.reduce((product, side) => product * side, 1);
  return Uint8Array.from([...head, ...new Uint8Array(size)]);
};

/** A citation graph of n papers, each of which cites the next. */
const citations = (n: number, turned = false) => {
  const nodes = count(n).map((i) => `${i},${i % 2},train,0 1`);
  const edges = count(n - 1).map((i) => `${i},${i + 1}`);
  const meta = { name: "g", nodes: n, undirectedEdges: n - 1, features: 2, classNames: ["a", "b"] };
  return {
    nodes: `id,label,split,features\n${nodes.join("\n")}\n`,
    edges: `source,target\n${(turned ? edges.reverse() : edges).join("\n")}\n`,
    meta: JSON.stringify(meta),
  };
};

export const dataGenerators: readonly Generator[] = [
  {
    door: "parsePreferences",
    form: "text",
    valid: lines(fc.tuple(word, fc.nat(9)).map(([prompt, i]) => pair(prompt, i))),
    read: (text: string) => parsePreferences(text),
    orders: {
      rows: (n) => manyLines(n, (i) => pair("prompt", i)),
      "one long row": (n) => manyLines(1, () => pair("prompt ".repeat(n), 0)),
    },
  },
  {
    door: "readTasks",
    form: "text",
    valid: lines(fc.nat(9).map(task)),
    read: (text: string) => readTasks(text),
    orders: { rows: (n) => manyLines(n, task), list: (n) => JSON.stringify(count(n).map(task)) },
  },
  {
    door: "jsonlRecords",
    form: "text",
    valid: lines(anyJson),
    read: (text: string) => consume(jsonlRecords(pieces(text, 3))),
    orders: {
      rows: (n) => manyLines(n, (i) => i),
      "one long row": (n) => manyLines(1, () => "x".repeat(8 * n)),
    },
  },
  {
    door: "parseJsonl",
    form: "text",
    valid: lines(anyJson),
    read: (text: string) => parseJsonl(text),
    orders: { rows: (n) => manyLines(n, (i) => ({ i })), "empty lines": (n) => "\n".repeat(n) },
  },
  {
    door: "parseCsv",
    form: "text",
    valid: fc.array(fc.tuple(word, word)).map((rows) => ["a,b", ...rows.map(String)].join("\n")),
    read: (text: string) => parseCsv(text),
    orders: {
      rows: (n) => `a,b\n${"1,2\n".repeat(n)}`,
      columns: (n) => `${count(n).join(",")}\n${count(n).join(",")}\n`,
      "open quotes": (n) => `a\n"${'""'.repeat(n)}`,
    },
  },
  {
    door: "parseIdx",
    form: "bytes",
    valid: fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }).map(idx),
    read: (bytes: Uint8Array) => parseIdx(bytes),
    orders: { bytes: (n) => idx([n]), "empty sides": () => idx(count(200).map(() => 0)) },
  },
  {
    door: "parsePlanetoid",
    form: "json",
    valid: fc.integer({ min: 1, max: 6 }).map((n) => citations(n)),
    read: (files: never) => parsePlanetoid(files),
    orders: { rising: (n) => citations(n), falling: (n) => citations(n, true) },
  },
  {
    door: "parseExpertConfig",
    form: "text",
    valid: fc
      .dictionary(fc.nat(9).map(String), fc.uniqueArray(fc.nat(63)))
      .map((experts) =>
        JSON.stringify({ experts, shared_experts: false, non_expert_modules: false }),
      ),
    read: (text: string) => parseExpertConfig(text),
    orders: {
      layers: (n) => JSON.stringify({ experts: Object.fromEntries(count(n).map((i) => [i, [0]])) }),
      experts: (n) => JSON.stringify({ experts: { 0: count(n).reverse() } }),
    },
  },
  {
    door: "parseTrainRecords",
    form: "text",
    valid: lines(fc.nat(9).map(conversation)),
    read: (text: string) => parseTrainRecords(text),
    orders: { rows: (n) => manyLines(n, conversation) },
  },
  {
    door: "intentMatch",
    form: "text",
    valid: anyJson.map((json) => `Answer:\n\`\`\`json\n${JSON.stringify(json)}\n\`\`\``),
    read: (text: string) => intentMatch(text, '{"intent":"a"}'),
    orders: {
      fences: (n) => "```\n".repeat(n),
      braces: (n) => "{".repeat(n),
      keys: (n) => JSON.stringify(Object.fromEntries(count(n).map((i) => [`k${i}`, i]))),
    },
  },
  {
    door: "readRows",
    form: "text",
    valid: lines(anyJson),
    read: (text: string) => consume(readRows(pieces(text, 3), (json) => json)),
    orders: {
      rows: (n) => manyLines(n, (i) => i),
      "one long row": (n) => manyLines(1, () => "x".repeat(8 * n)),
    },
  },
];
