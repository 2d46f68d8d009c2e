/** @file Graphs in files. */
import { parseNpzGraph } from "@deepgrain/datasets";
import fc from "fast-check";
import type { Generator } from "../generator";
import { damagedArrays, deflatedArchive, graphArchive } from "./archives";
import {
  edgeTable,
  gexfGraph,
  graphmlGraph,
  graphTexts,
  jsonGraph,
  nodeTable,
  readGraphFile,
} from "./graph-texts";
import { count } from "./json-values";

export const graphGenerators: readonly Generator[] = [
  {
    door: "parseNpzGraph",
    form: "bytes",
    valid: fc.oneof(
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.integer({ min: 1, max: 4 }), fc.boolean())
          .map(([n, isWhole]) => graphArchive(n, isWhole)),
      },
      { weight: 1, arbitrary: damagedArrays },
    ),
    // A damaged size is refused before that many bytes are taken.
    read: (bytes: Uint8Array) => parseNpzGraph(bytes, { maxBytes: 2 ** 20 }),
    orders: {
      nodes: (n) => graphArchive(n, true),
      arrays: (n) => graphArchive(1, false, n),
      // Inflating is Node's own work, which is bounded by `maxBytes`; ours is counted.
      deflated: (n) =>
        deflatedArchive(count(n).map((i) => ({ name: `v${i}.npy`, bytes: new Uint8Array(64) }))),
      "no archive": (n) => new Uint8Array(64 * n),
    },
  },
  {
    door: "readGraph",
    form: "text",
    valid: graphTexts,
    read: readGraphFile,
    // Parsers of CSV and of markup search texts in native code, which is not counted: quotes of a line are limited, and markup
    // is well-formed, before a parser gets it.
    orders: {
      "rising edges": (n) => edgeTable(n, ","),
      "a star, in columns": (n) => edgeTable(n, " ", true),
      "a table of nodes": nodeTable,
      quotes: (n) => `a,b\n${`"${'""'.repeat(100)}",b\n`.repeat(n / 64)}`,
      JSON: jsonGraph,
      GEXF: (n) => gexfGraph(n),
      "GEXF with many values": (n) => gexfGraph(2, n),
      "GEXF inside itself": (n) => `<gexf>${"<graph>".repeat(n)}`,
      GraphML: (n) => graphmlGraph(n),
      "GraphML with many keys": (n) => graphmlGraph(2, n),
      "open tags": (n) => `<graphml ${'a="'.repeat(n)}`,
      comments: (n) => `<graphml>${"<!--".repeat(n)}`,
    },
  },
];
