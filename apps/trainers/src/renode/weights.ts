import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import {
  encodeNpy,
  type RenodeResult,
  scoresToCsv,
  toGraphScore,
  weightVector,
} from "@deepgrain/renode";
import gexf from "graphology-gexf";
import type { AbstractGraph } from "graphology-types";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { scoreGiven, scoringFlags } from "./open-graph";

const extensions = [".csv", ".npy", ".json", ".gexf"] as const;
type Extension = (typeof extensions)[number];

/** The graph with `totoro`, `rank` and the weight as attributes of the labelled nodes. */
function attributed(
  graph: AbstractGraph,
  { keys, totoro, ranks, weights }: RenodeResult,
  weightAttribute: string,
): AbstractGraph {
  const scored = graph.copy();
  for (const [v, key] of keys.entries())
    scored.mergeNodeAttributes(key, {
      totoro: totoro[v]!,
      rank: ranks[v]!,
      [weightAttribute]: weights[v]!,
    });
  return scored;
}

async function orderOf(graph: AbstractGraph, path: string | undefined): Promise<string[]> {
  if (path === undefined) return graph.nodes();
  const text = await readFile(path, "utf8");
  return text.split(/\r?\n/).filter((line) => line !== "");
}

/** The content of a file of the given kind. */
async function contentOf(
  extension: Extension,
  graph: AbstractGraph,
  result: RenodeResult,
  { attribute, order }: { attribute: string; order: string | undefined },
): Promise<string | Uint8Array> {
  const scored = toGraphScore(result);
  if (extension === ".csv") return scoresToCsv(scored);
  if (extension === ".npy") return encodeNpy(weightVector(scored, await orderOf(graph, order)));
  const written = attributed(graph, result, attribute);
  return extension === ".gexf" ? gexf.write(written) : `${JSON.stringify(written.export())}\n`;
}

export const weights = defineCommand({
  description:
    "Writes the training weights of the labelled nodes for use in another trainer: as a table, as a NumPy array for PyTorch Geometric or DGL, or as the graph with attributes.",
  examples: [
    "renode weights --graph graph.graphml --out weights.csv   # id,totoro,rank,weight",
    "renode weights --graph graph.json --out weights.npy --order ids.txt   # loss * numpy.load(...)",
    "renode weights --graph graph.json --out weighted.gexf --min-weight 0.25 --max-weight 1.75",
  ],
  flags: {
    ...scoringFlags,
    out: flags.outFile({
      required: true,
      help: "weights.csv, weights.npy (float32, one per node, 0 without a weight), graph.json or graph.gexf (with attributes)",
    }),
    order: flags.file({ help: "Node order of the trainer, for .npy: one key per line" }),
    attribute: flags.text({ default: "renodeWeight", help: "Attribute for the weight" }),
  },
  async run({ out, order, attribute, ...given }, context) {
    const extension = extensions.find((known) => known === extname(out.path).toLowerCase());
    if (extension === undefined)
      throw new UsageError(`--out must end in ${extensions.join(", ")}, got ${out.path}`);
    if (order !== undefined && extension !== ".npy")
      throw new UsageError("--order goes with .npy only: the other files name their nodes");
    const { graph, result } = await scoreGiven(given, context);
    const content = await contentOf(extension, graph, result, { attribute, order });
    await out.save(typeof content === "string" ? content : [content]);
    context.write(`${out.path}\n`);
  },
});
