/** @file Graphs that a visitor of a page gives: one or several files of text. */
import { errorClass } from "@deepgrain/support";
import fc from "fast-check";
import { NEXT, partsOf } from "../folder";
import type { Generator } from "../generator";
import { parseGraph } from "../inside";
import { damaged } from "../mutations";
import { edgeTable } from "./graph-texts";
import { count } from "./json-values";

const codes = ["ERR_FORMAT"] as const;

class SentenceError extends errorClass("doors", codes, "SentenceError") {}

/** Reads files; what is wrong is a plain error with a sentence, which no error of the language is. */
function readFiles(text: string) {
  const encoder = new TextEncoder();
  const files = partsOf(text).map((part, i) => ({ name: `${i}`, content: encoder.encode(part) }));
  try {
    return parseGraph(files);
  } catch (cause) {
    if ((cause as Error).constructor !== Error) throw cause;
    throw new SentenceError("ERR_FORMAT", (cause as Error).message, { cause });
  }
}

/** The table of the n + 1 nodes of a table of n edges, of two classes. */
const labelled = (n: number) =>
  `id,label,train\n${count(n + 1)
    .map((i) => `${i},${i % 2},${i % 2}`)
    .join("\n")}\n`;

const tables = (n: number) => labelled(n) + NEXT + edgeTable(n, ",");

const serialized = (n: number) => ({
  nodes: count(n + 1).map((i) => ({ key: i, attributes: { label: `c${i % 2}`, x: i, y: 0 } })),
  edges: count(n).map((i) => ({ source: i, target: i + 1, attributes: { weight: 1 } })),
});

const small = fc.integer({ min: 2, max: 4 });

export const visitorGraphGenerators: readonly Generator[] = [
  {
    door: "parseGraph",
    form: "text",
    valid: fc.oneof(
      small.map((n) => `id,label\n0,a\n1,b\n${NEXT}${edgeTable(n, ",")}`),
      small.map((n) => JSON.stringify(serialized(n))),
      damaged("json", small.map(serialized)).map((json) => JSON.stringify(json)),
    ),
    read: readFiles,
    orders: {
      tables,
      "lines that are empty": (n) => tables(2) + "\n".repeat(n),
      quotes: (n) => `${tables(2)}"${'""'.repeat(n)}`,
      JSON: (n) => JSON.stringify(serialized(n)),
      files: (n) => `source,target\n0,1\n${NEXT}`.repeat(n),
      "classes falling": (n) =>
        `id,label\n${count(n)
          .map((i) => `${i},${n - i}`)
          .join("\n")}${NEXT}source,target\n0,1\n`,
      "open quotes": (n) => `source,target\n${'"'.repeat(n)}`,
    },
    from: 200, // 4n + 1 nodes are within its limit of 1000
  },
];
